// What guanxi_write_options says, checked.
#pragma once

#include "barrier.hpp"

namespace guanxi::capi {

inline std::string_view cause_of(const guanxi_write_options& options) {
  return {options.cause, options.cause_length};
}

inline std::int64_t revision_of(const guanxi_write_options& options) {
  if (options.expected_revision < 0)
    refuse(errc::invalid_argument, "`expected_revision` is below 0; revisions start at 1");
  return options.expected_revision;
}

/// For calls that may write many records.
inline void unguarded(const guanxi_write_options& options) {
  if (options.expected_revision != 0)
    refuse(errc::invalid_argument,
           "`expected_revision` is of one record, and here are perhaps many; leave it 0");
}

}  // namespace guanxi::capi
