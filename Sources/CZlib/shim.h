#ifndef BLOTTER_CZLIB_SHIM_H
#define BLOTTER_CZLIB_SHIM_H

#include <zlib.h>

/* The initializers are macros, which Swift does not import. 16 more bits ask for gzip's frame. */

static inline int czlib_begin_gunzip(z_stream *_Nonnull stream) {
    return inflateInit2(stream, 16 + MAX_WBITS);
}

static inline int czlib_begin_gzip(z_stream *_Nonnull stream) {
    return deflateInit2(
        stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}

#endif
