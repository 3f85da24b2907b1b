/* Labels in a line of text, and the values behind them. */
#pragma once
#include "recognise/heading.h"
#include "recognise/lexicon.h"

enum {
    KK_LABEL_MAX = 40, /* bytes of a label */
    KK_LABELS_A_LINE = 12,
    KK_NAME_LINE_MAX = 60 /* of what may be a name with what stands around it */
};

typedef struct {
    size_t begin, value; /* of the label, and behind its sign */
    kk_heading heading;
} kk_label;

/* What nobody is called. */
bool kk_is_sentence(kk_slice text);
kk_slice kk_name_in_front(kk_arena *scratch, const kk_lexicon *lexicon, kk_slice value);
/* What stands there, without the sign for a seal at its end. */
kk_slice kk_label_value(kk_slice line, size_t begin, size_t end);
/* Of a line without a colon: at most KK_LABELS_A_LINE, from its beginning on; returns how many. `about`: somebody
 * was named before, whom it may be about. */
size_t kk_open_labels(kk_arena *scratch, const kk_lexicon *lexicon, kk_slice line, bool about,
                      kk_label *labels);
