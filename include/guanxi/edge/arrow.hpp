// A query's answer as an Arrow stream: the columns already have Arrow layout, so pointers are all
// that is handed out.
//
//   ArrowArrayStream stream;
//   edge::export_stream(session.query("select name from account").value(), &stream);
//   // the consumer calls stream.get_next until it gives a released array, then stream.release
//
// The structs are those of the Arrow C data and stream interfaces, ABI and guards included, so that
// this header may stand beside any other that declares them.
// Types: decimal 128-bit, date days, instant microseconds in UTC, text UTF-8, boolean bits, integer
// and reference int64. Every column is nullable, whatever this answer happens to hold.
// Ownership: the stream, and each array it gave, keeps the rows alive until it is released, in any
// order. Thread rule: one thread at a time for a stream; arrays are independent of each other.
#pragma once

#include "guanxi/query/batch.hpp"

#include <cstdint>
#include <memory>

extern "C" {

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

#endif  // ARROW_C_DATA_INTERFACE

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};

#endif  // ARROW_C_STREAM_INTERFACE

}  // extern "C"

namespace guanxi::edge {

/// Makes `out`, which holds nothing yet, a stream of struct arrays, one a batch.
void export_stream(std::shared_ptr<const query::rows> rows, ArrowArrayStream* out);
inline void export_stream(query::rows rows, ArrowArrayStream* out) {
  export_stream(std::make_shared<const query::rows>(std::move(rows)), out);
}

}  // namespace guanxi::edge
