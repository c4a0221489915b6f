/* Loaded before the libraries of Icarus Verilog's vvp by sim.vvp_speed: the same answers, sooner. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Casts between classes. The C++ ABI's own signature; the table of an object's virtual
   functions, to which its first word points, tells its class and which part of it the
   object is. */

typedef void *cast(const void *, const void *, const void *, ptrdiff_t);

struct answer {
    const void *table, *from, *to;
    ptrdiff_t offset;
};

#define NONE PTRDIFF_MIN
enum { ANSWERS = 1024 };
static struct answer known[ANSWERS]; /* vvp has one thread */
static cast *real;

static struct answer *place(const void *table, const void *to)
{
    uintptr_t mix = ((uintptr_t)table >> 3) ^ ((uintptr_t)to >> 4);
    return &known[(mix ^ (mix >> 10)) % ANSWERS];
}

void *__dynamic_cast(const void *object, const void *from, const void *to, ptrdiff_t hint)
{
    const void *table = *(const void *const *)object;
    struct answer *at = place(table, to);
    if (at->table != table || at->to != to || at->from != from) {
        if (!real)
            real = (cast *)dlsym(RTLD_NEXT, "__dynamic_cast");
        char *found = real(object, from, to, hint);
        at->offset = found ? found - (const char *)object : NONE;
        at->table = table;
        at->from = from;
        at->to = to;
    }
    return at->offset == NONE ? NULL : (char *)object + at->offset;
}

/* Numbers of vectors: vvp goes through the bits one by one, here they are taken by the word.

   A function of vvp is replaced only in a process where it has just answered as ours does,
   for vectors of many sizes and of all four values. */

#ifdef __x86_64__

enum { WORD = 64, MOST_WORDS = 3 };

/* A bit is 0, 1, Z or X where those of `a` and `b` are 00, 10, 01 or 11. */
struct vector {
    unsigned size;
    union { uint64_t word; const uint64_t *words; } a, b;
};

struct number {
    uint64_t bits; /* X and Z are 0 */
    bool known;
};

static struct number number_of(const struct vector *v, unsigned width, bool is_signed)
{
    bool inside = v->size <= WORD;
    uint64_t a = inside ? v->a.word : v->a.words[0], b = inside ? v->b.word : v->b.words[0];
    unsigned size = v->size < width ? v->size : width;
    uint64_t mask = size == WORD ? ~UINT64_C(0) : (UINT64_C(1) << size) - 1;
    struct number found = {.bits = a & ~b & mask, .known = !(b & mask)};
    if (is_signed && size && v->size < width && found.bits >> (size - 1))
        found.bits |= ~mask;
    return found;
}

/* vector4_to_value<int> and <long>: nothing is stored where arithmetic has no number. */
#define CONVERSION(type)                                                                       \
    typedef bool to_##type(const struct vector *, type *, bool is_signed, bool is_arithmetic); \
    static bool our_##type(const struct vector *v, type *value, bool is_signed, bool arithmetic) \
    {                                                                                          \
        struct number found = number_of(v, 8 * sizeof *value, is_signed);                      \
        if (!found.known && arithmetic)                                                        \
            return false;                                                                      \
        *value = (type)found.bits;                                                             \
        return found.known;                                                                    \
    }                                                                                          \
    static bool agrees_##type(to_##type *theirs, const struct vector *v)                       \
    {                                                                                          \
        for (int flags = 0; flags < 4; flags++) {                                              \
            type their = 77, our = 77;                                                         \
            bool one = theirs(v, &their, flags & 1, flags & 2);                                \
            bool other = our_##type(v, &our, flags & 1, flags & 2);                            \
            if (one != other || their != our)                                                  \
                return false;                                                                  \
        }                                                                                      \
        return true;                                                                           \
    }

CONVERSION(int)
CONVERSION(long)

static uint64_t noise(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/* Whether theirs answer as ours do for vectors of `size`: wholly known, mostly, of anything. */
static bool agree(to_int *narrow, to_long *wide, unsigned size)
{
    uint64_t a[MOST_WORDS], b[MOST_WORDS];
    for (int turn = 0; turn < 6; turn++) {
        for (int at = 0; at < MOST_WORDS; at++) {
            a[at] = turn == 1 ? ~UINT64_C(0) : noise();
            b[at] = turn < 3 ? 0 : turn < 5 ? UINT64_C(1) << noise() % WORD : noise();
        }
        struct vector v = {.size = size};
        if (size <= WORD) {
            v.a.word = a[0];
            v.b.word = b[0];
        } else {
            v.a.words = a;
            v.b.words = b;
        }
        if (!agrees_int(narrow, &v) || !agrees_long(wide, &v))
            return false;
    }
    return true;
}

static void redirect(void *from, const void *to)
{
    unsigned char jump[] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0}; /* to rax, and there */
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)from & ~(page - 1);
    size_t length = (uintptr_t)from + sizeof jump - start;
    if (mprotect((void *)start, length, PROT_READ | PROT_WRITE | PROT_EXEC))
        return;
    memcpy(jump + 2, &to, sizeof to);
    memcpy(from, jump, sizeof jump);
    mprotect((void *)start, length, PROT_READ | PROT_EXEC);
}

__attribute__((constructor)) static void start(void)
{
    static const unsigned sizes[] = {0, 1, 2, 3, 8, 15, 31, 32, 33, 48, 63, 64, 65, 100, 128, 192};
    to_int *narrow = (to_int *)dlsym(RTLD_DEFAULT, "_Z16vector4_to_valueIiEbRK13vvp_vector4_tRT_bb");
    to_long *wide = (to_long *)dlsym(RTLD_DEFAULT, "_Z16vector4_to_valueIlEbRK13vvp_vector4_tRT_bb");
    if (!narrow || !wide)
        return;
    for (size_t at = 0; at < sizeof sizes / sizeof *sizes; at++)
        if (!agree(narrow, wide, sizes[at]))
            return;
    redirect((void *)narrow, (const void *)our_int);
    redirect((void *)wide, (const void *)our_long);
}

#endif
