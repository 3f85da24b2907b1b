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

enum { HANDS_MOST = 64, AHEAD = 48, NEWS = 64, SILENCE_MS = 300000 };
/* Of each process: so many that the text of a whole piece mostly has a place while another's is being taken. */
enum { BLOCKS = 8 };
enum {
    HELD = 2
}; /* pieces that a process has: the one in work, and the one that it goes on with */
_Static_assert(AHEAD + BLOCKS + HELD < NEWS, "what a process says before its turn is kept");
#define SHARED_BYTES ((size_t)BLOCKS * KK_FLOW_BLOCK)

/* What both sides say, as `message`: a is the block, b its kind and length, c the piece. */
enum { DO_PIECE = 100, BLOCK_READY, BLOCK_FREE, PIECE_DONE, PIECE_DIED };

struct kk_flow_out {
    int socket;
    char *shared;
    uint32_t free; /* a bit for each block */
    unsigned now;
    uint64_t piece;
    uint64_t waiting[HELD]; /* pieces to go on with */
    size_t waiting_count;
};

/* A process that takes pieces, as the coordinator sees it. What it said waits until its turn. */
typedef struct {
    pid_t pid; /* 0: not running */
    int socket;
    char *shared;
    uint64_t held[HELD]; /* pieces; the first is in work */
    size_t held_count;
    message news[NEWS];
    size_t first, count;
} hand;

typedef struct {
    const kk_flow *flow;
    hand hands[HANDS_MOST];
    size_t hand_count;
    uint64_t given, next;              /* pieces handed out; the one whose results come now */
    uint64_t again[HANDS_MOST * HELD]; /* handed out to who died over the piece before */
    size_t again_count;
    bool stopped;
} flow_state;

/* ---- inside the walls ---- */

static void hear(kk_flow_out *out, const message *m)
{
    if (m->kind == BLOCK_FREE && m->a < BLOCKS)
        out->free |= 1u << m->a;
    if (m->kind == DO_PIECE && out->waiting_count < HELD)
        out->waiting[out->waiting_count++] = m->c;
}

static void listen_once(kk_flow_out *out)
{
    message m;
    if (!message_receive(out->socket, &m, NULL, NULL, NULL))
        _exit(0); /* nobody listens any more */
    hear(out, &m);
}

static uint64_t next_piece(kk_flow_out *out)
{
    while (!out->waiting_count)
        listen_once(out);
    uint64_t piece = out->waiting[0];
    memmove(out->waiting, out->waiting + 1, (--out->waiting_count) * sizeof *out->waiting);
    return piece;
}

/* The first that is free, so that few are used where they are taken as fast as they are filled: those stay near. */
char *kk_flow_room(kk_flow_out *out)
{
    message m;
    while (message_waits(out->socket, &m))
        hear(out, &m);
    while (!out->free)
        listen_once(out);
    out->now = (unsigned)__builtin_ctz(out->free);
    return out->shared + (size_t)out->now * KK_FLOW_BLOCK;
}

void kk_flow_send(kk_flow_out *out, unsigned kind, size_t len)
{
    message m = {BLOCK_READY, out->now, (uint64_t)kind << 32 | (uint32_t)len, out->piece};
    out->free &= ~(1u << out->now);
    if (!message_send(out->socket, &m, KK_NONE, NULL, 0))
        _exit(0);
}

static _Noreturn void live(const kk_flow *flow, int socket, char *shared)
{
    kk_flow_out out = {.socket = socket, .shared = shared, .free = (1u << BLOCKS) - 1};
    kk_text_warm();
    if (!flow->unsafe_no_sandbox && !sandbox_enter())
        _exit(1);
    for (message done = {.kind = PIECE_DONE};;) {
        out.piece = done.c = next_piece(&out);
        flow->work(flow->context, (size_t)out.piece, &out);
        if (!message_send(socket, &done, KK_NONE, NULL, 0))
            _exit(0);
    }
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
    h->held_count = 0;
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
static void lose_hand(flow_state *s, hand *h)
{
    end_hand(h);
    if (h->held_count)
        keep_news(h, (message){.kind = PIECE_DIED, .c = h->held[0]});
    for (size_t i = 1; i < h->held_count; i++)
        s->again[s->again_count++] = h->held[i];
    h->held_count = 0;
}

static void listen_to(flow_state *s, hand *h)
{
    message m;
    bool good = message_receive(h->socket, &m, NULL, NULL, NULL) && h->held_count &&
                m.c == h->held[0] && h->count + 1 < NEWS;
    if (good && m.kind == BLOCK_READY)
        good = m.a < BLOCKS && (uint32_t)m.b <= KK_FLOW_BLOCK;
    else
        good = good && m.kind == PIECE_DONE;
    if (!good) {
        lose_hand(s, h);
        return;
    }
    keep_news(h, m);
    if (m.kind == PIECE_DONE)
        memmove(h->held, h->held + 1, (--h->held_count) * sizeof *h->held);
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
            lose_hand(s, h);
    } else {
        if (m.kind == PIECE_DIED && f->died)
            f->died(f->context, (size_t)m.c);
        s->next++;
    }
    return true;
}

/* The first that nobody has; false where there is none to give now. Who has one in work is given a later
 * one only: its blocks are taken in order, and it may be waiting for that. */
static bool next_to_give(flow_state *s, const hand *h, uint64_t *piece)
{
    size_t first = 0;
    if (!s->again_count) {
        *piece = s->given;
        s->given += s->given < s->flow->pieces && s->given < s->next + AHEAD;
        return *piece < s->given;
    }
    for (size_t i = 1; i < s->again_count; i++)
        if (s->again[i] < s->again[first])
            first = i;
    *piece = s->again[first];
    if (h->held_count && *piece < h->held[0])
        return false;
    s->again[first] = s->again[--s->again_count];
    return true;
}

/* False where the process is gone. */
static bool give_piece(flow_state *s, hand *h)
{
    message m = {.kind = DO_PIECE};
    if (!next_to_give(s, h, &m.c))
        return true;
    if (!message_send(h->socket, &m, KK_NONE, NULL, 0)) {
        s->again[s->again_count++] = m.c;
        return false;
    }
    h->held[h->held_count++] = m.c;
    return true;
}

/* First one each, so that all have work; then the ones to go on with. */
static bool give_pieces(flow_state *s)
{
    for (size_t held = 0; held < HELD; held++) {
        for (size_t i = 0; i < s->hand_count; i++) {
            hand *h = &s->hands[i];
            if (h->held_count != held || (s->given >= s->flow->pieces && !s->again_count))
                continue;
            if (!h->pid && h->count)
                continue; /* its blocks are not taken yet */
            if (!h->pid && !start_hand(s, h))
                return false;
            if (!give_piece(s, h) && !held) {
                end_hand(h);
                return false; /* it never began: the walls could not be raised */
            }
        }
    }
    return true;
}

static void wait_for_news(flow_state *s)
{
    struct pollfd waiting[HANDS_MOST];
    hand *of[HANDS_MOST];
    nfds_t count = 0;
    for (size_t i = 0; i < s->hand_count; i++) {
        if (!s->hands[i].held_count)
            continue;
        of[count] = &s->hands[i];
        waiting[count++] = (struct pollfd){s->hands[i].socket, POLLIN, 0};
    }
    int ready = poll(waiting, count, SILENCE_MS);
    for (nfds_t k = 0; k < count; k++) {
        if (ready > 0 && waiting[k].revents)
            listen_to(s, of[k]);
        if (ready == 0 && of[k]->held_count && of[k]->held[0] == s->next)
            lose_hand(s, of[k]); /* it hangs */
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
