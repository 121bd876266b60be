// Build switches and the version. The only header that defines macros.
//
// GUANXI_HEADER_ONLY: floors 0 to 4 (values, schema, expressions, policy, queries) are then
// compiled inline from their `-inl.hpp` files, and only stores and edges need the compiled library.
#pragma once

#define GUANXI_VERSION_MAJOR 0
#define GUANXI_VERSION_MINOR 1
#define GUANXI_VERSION_PATCH 0
#define GUANXI_VERSION_STRING "0.1.0"

#ifdef GUANXI_HEADER_ONLY
#define GUANXI_INLINE inline
#else
#define GUANXI_INLINE
#endif
