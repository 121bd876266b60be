// Rows of the root table that a step looks at, and loops over the codes of a column for them.
//
//   for_codes(amounts, rows, [&](std::size_t i, auto code) { if (code) ++counts[groups[i]]; });
//
// Thread rule: values; they point at what another owns.
#pragma once

#include "cells.hpp"

#include <algorithm>

namespace guanxi::query::columns {

/// So many rows are worked on at once: the vectors between two steps stay in the first cache.
inline constexpr std::size_t block_rows = 4096;

/// A run of rows, or a list of them in any order.
struct selection {
  const row_number* list = nullptr;
  row_number first = 0;
  std::size_t count = 0;

  row_number at(std::size_t i) const noexcept {
    return list ? list[i] : first + static_cast<row_number>(i);
  }
};

namespace detail_selection {

template <class Code, class Each>
void loop(const cells& c, const selection& rows, Each&& each) {
  const Code* codes = c.codes<Code>();
  const std::size_t known = c.rows();
  if (rows.list) {
    for (std::size_t i = 0; i < rows.count; ++i)
      each(i, rows.list[i] < known ? codes[rows.list[i]] : Code{0});
    return;
  }
  const std::size_t there = known > rows.first ? std::min(known - rows.first, rows.count) : 0;
  codes += rows.first;
  for (std::size_t i = 0; i < there; ++i) each(i, codes[i]);
  for (std::size_t i = there; i < rows.count; ++i) each(i, Code{0});
}

}  // namespace detail_selection

/// Calls each(position, code), the code as the column keeps it.
template <class Each>
void for_codes(const cells& c, const selection& rows, Each&& each) {
  switch (c.width()) {
    case 1: return detail_selection::loop<std::uint8_t>(c, rows, each);
    case 2: return detail_selection::loop<std::uint16_t>(c, rows, each);
    case 4: return detail_selection::loop<std::uint32_t>(c, rows, each);
    case 8: return detail_selection::loop<std::uint64_t>(c, rows, each);
    default:
      for (std::size_t i = 0; i < rows.count; ++i) each(i, std::uint8_t{0});
  }
}

/// The one code of all these rows, or nothing if they differ.
inline std::optional<std::uint64_t> only_code(const cells& c, const selection& rows) {
  if (rows.count == 0) return std::nullopt;
  const std::uint64_t first = c.code(rows.at(0));
  std::uint64_t differ = 0;
  for_codes(c, rows, [&](std::size_t, auto code) {
    differ |= static_cast<std::uint64_t>(code ^ static_cast<decltype(code)>(first));
  });
  return differ ? std::nullopt : std::optional(first);
}

}  // namespace guanxi::query::columns
