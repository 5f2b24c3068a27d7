# Turns INPUT into a C file OUTPUT that defines SYMBOL[] and SYMBOL_bytes.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE ${OUTPUT} "#include <stddef.h>
extern const unsigned char ${SYMBOL}[];
extern const size_t ${SYMBOL}_bytes;
const unsigned char ${SYMBOL}[] = { ${bytes} 0 };
const size_t ${SYMBOL}_bytes = sizeof ${SYMBOL} - 1;
")
