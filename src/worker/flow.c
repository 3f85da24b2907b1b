#include "worker/flow.h"

#include "base/text.h"
#include "worker/protocol.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCKS = 3, HANDS_MOST = 64, AHEAD = 48, NEWS = 64, SILENCE_MS = 300000 };
#define SHARED_BYTES ((size_t)BLOCKS * KK_FLOW_BLOCK)

/* What both sides say, as `message`: a is the block, b its kind and length, c the piece. */
enum { DO_PIECE = 100, BLOCK_READY, BLOCK_FREE, PIECE_DONE, PIECE_DIED };

struct kk_flow_out {
    int socket;
    char *shared;
    bool is_free[BLOCKS];
    unsigned now;
    uint64_t piece;
};

/* A process that takes pieces, as the coordinator sees it. What it said waits until its turn. */
typedef struct {
    pid_t pid; /* 0: not running */
    int socket;
    char *shared;
    bool busy;
    uint64_t piece; /* that it was given last */
    message news[NEWS];
    size_t first, count;
} hand;

typedef struct {
    const kk_flow *flow;
    hand hands[HANDS_MOST];
    size_t hand_count;
    uint64_t given, next; /* pieces handed out; the one whose results come now */
    bool stopped;
} flow_state;

/* ---- inside the walls ---- */

static void wait_for_block(kk_flow_out *out)
{
    message m;
    while (!out->is_free[out->now]) {
        if (!message_receive(out->socket, &m, NULL, NULL, NULL))
            _exit(0); /* nobody listens any more */
        if (m.kind == BLOCK_FREE && m.a < BLOCKS)
            out->is_free[m.a] = true;
    }
}

char *kk_flow_room(kk_flow_out *out)
{
    wait_for_block(out);
    return out->shared + (size_t)out->now * KK_FLOW_BLOCK;
}

void kk_flow_send(kk_flow_out *out, unsigned kind, size_t len)
{
    message m = {BLOCK_READY, out->now, (uint64_t)kind << 32 | (uint32_t)len, out->piece};
    out->is_free[out->now] = false;
    if (!message_send(out->socket, &m, KK_NONE, NULL, 0))
        _exit(0);
    out->now = (out->now + 1) % BLOCKS;
}

static _Noreturn void live(const kk_flow *flow, int socket, char *shared)
{
    kk_flow_out out = {.socket = socket, .shared = shared, .is_free = {true, true, true}};
    message m;
    kk_text_warm();
    if (!flow->unsafe_no_sandbox && !sandbox_enter())
        _exit(1);
    while (message_receive(socket, &m, NULL, NULL, NULL)) {
        if (m.kind == BLOCK_FREE && m.a < BLOCKS)
            out.is_free[m.a] = true;
        if (m.kind != DO_PIECE)
            continue;
        out.piece = m.c;
        flow->work(flow->context, (size_t)m.c, &out);
        message done = {.kind = PIECE_DONE, .c = m.c};
        if (!message_send(socket, &done, KK_NONE, NULL, 0))
            break;
    }
    _exit(0);
}

/* ---- outside ---- */

static bool start_hand(flow_state *s, hand *h)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        for (size_t i = 0; i < s->hand_count; i++)
            if (s->hands[i].pid)
                close(s->hands[i].socket);
        close(ends[0]);
        live(s->flow, ends[1], h->shared);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return false;
    }
    h->pid = pid;
    h->socket = ends[0];
    h->busy = false;
    return true;
}

static void end_hand(hand *h)
{
    if (!h->pid)
        return;
    close(h->socket);
    kill(h->pid, SIGKILL);
    while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    h->pid = 0;
}

static void keep_news(hand *h, message m)
{
    if (h->count < NEWS)
        h->news[(h->first + h->count++) % NEWS] = m;
}

/* A process that is gone, or does not keep to the words, takes its piece with it. */
static void lose_hand(hand *h)
{
    end_hand(h);
    if (h->busy)
        keep_news(h, (message){.kind = PIECE_DIED, .c = h->piece});
    h->busy = false;
}

static void listen_to(hand *h)
{
    message m;
    bool good = message_receive(h->socket, &m, NULL, NULL, NULL) && h->busy && m.c == h->piece &&
                h->count + 1 < NEWS;
    if (good && m.kind == BLOCK_READY)
        good = m.a < BLOCKS && (uint32_t)m.b <= KK_FLOW_BLOCK;
    else
        good = good && m.kind == PIECE_DONE;
    if (!good) {
        lose_hand(h);
        return;
    }
    keep_news(h, m);
    if (m.kind == PIECE_DONE)
        h->busy = false;
}

/* What the hand said first, if it is about the piece whose turn it is. */
static bool handle_news(flow_state *s, hand *h)
{
    const kk_flow *f = s->flow;
    if (!h->count || h->news[h->first].c != s->next)
        return false;
    message m = h->news[h->first];
    h->first = (h->first + 1) % NEWS;
    h->count--;
    if (m.kind == BLOCK_READY) {
        kk_slice bytes = {h->shared + (size_t)m.a * KK_FLOW_BLOCK, (uint32_t)m.b};
        if (!f->take(f->context, (size_t)m.c, (unsigned)(m.b >> 32), bytes))
            s->stopped = true;
        message free_again = {.kind = BLOCK_FREE, .a = m.a};
        if (h->pid && !message_send(h->socket, &free_again, KK_NONE, NULL, 0))
            lose_hand(h);
    } else {
        if (m.kind == PIECE_DIED && f->died)
            f->died(f->context, (size_t)m.c);
        s->next++;
    }
    return true;
}

static bool give_pieces(flow_state *s)
{
    for (size_t i = 0; i < s->hand_count; i++) {
        hand *h = &s->hands[i];
        if (h->busy || s->given >= s->flow->pieces || s->given >= s->next + AHEAD)
            continue;
        if (!h->pid && (h->count || !start_hand(s, h))) {
            if (!h->count)
                return false;
            continue; /* its blocks are not taken yet */
        }
        message m = {.kind = DO_PIECE, .c = s->given};
        if (!message_send(h->socket, &m, KK_NONE, NULL, 0)) {
            end_hand(h);
            return false; /* it never began: the walls could not be raised */
        }
        h->busy = true;
        h->piece = s->given++;
    }
    return true;
}

static void wait_for_news(flow_state *s)
{
    struct pollfd waiting[HANDS_MOST];
    hand *of[HANDS_MOST];
    nfds_t count = 0;
    for (size_t i = 0; i < s->hand_count; i++) {
        if (!s->hands[i].busy)
            continue;
        of[count] = &s->hands[i];
        waiting[count++] = (struct pollfd){s->hands[i].socket, POLLIN, 0};
    }
    int ready = poll(waiting, count, SILENCE_MS);
    for (nfds_t k = 0; k < count; k++) {
        if (ready > 0 && waiting[k].revents)
            listen_to(of[k]);
        if (ready == 0 && of[k]->piece == s->next)
            lose_hand(of[k]); /* it hangs */
    }
}

static bool run(flow_state *s)
{
    while (s->next < s->flow->pieces && !s->stopped) {
        bool moved = false;
        for (size_t i = 0; i < s->hand_count && !s->stopped; i++)
            while (!s->stopped && handle_news(s, &s->hands[i]))
                moved = true;
        if (s->stopped || s->next >= s->flow->pieces)
            break;
        if (!give_pieces(s))
            return false;
        if (!moved)
            wait_for_news(s);
    }
    return true;
}

static bool make_room(flow_state *s)
{
    for (size_t i = 0; i < s->hand_count; i++) {
        char *shared =
            mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED)
            return false;
        s->hands[i].shared = shared;
    }
    return true;
}

kk_status kk_flow_run(const kk_flow *flow, kk_fault *fault)
{
    const char *lacks = flow->unsafe_no_sandbox ? NULL : kk_sandbox_lacks();
    if (lacks)
        return kk_fail(
            fault, KK_IO,
            "nothing is read: this kernel lacks %s: use another machine, or accept the risk "
            "with --unsafe-no-sandbox",
            lacks);
    flow_state s = {.flow = flow};
    s.hand_count = flow->jobs < 1 ? 1 : flow->jobs > HANDS_MOST ? HANDS_MOST : (size_t)flow->jobs;
    if (s.hand_count > flow->pieces)
        s.hand_count = flow->pieces;
    bool done = make_room(&s) && run(&s);
    int why = errno;
    for (size_t i = 0; i < s.hand_count; i++) {
        end_hand(&s.hands[i]);
        if (s.hands[i].shared)
            munmap(s.hands[i].shared, SHARED_BYTES);
    }
    return done ? KK_OK
                : kk_fail(fault, KK_IO, "a walled process cannot be started: %s", strerror(why));
}
