// Rows of the root table that a step looks at, and loops over the codes of a column for them.
//
//   for_codes(amounts, rows, [&](std::size_t i, auto code) { if (code) ++counts[groups[i]]; });
//
// Thread rule: values; they point at what another owns.
#pragma once

#include "cells.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

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
  std::size_t done = 0;
  // Four at a time: most of these loops are a load, a look-up and a store.
  for (; done + 4 <= there; done += 4) {
    each(done, codes[done]);
    each(done + 1, codes[done + 1]);
    each(done + 2, codes[done + 2]);
    each(done + 3, codes[done + 3]);
  }
  for (; done < there; ++done) each(done, codes[done]);
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
  const auto width = static_cast<std::size_t>(c.width());
  if (!rows.list && rows.first + rows.count <= c.rows()) {
    // Each like the one before it.
    const std::uint8_t* bytes = c.codes<std::uint8_t>() + rows.first * width;
    const bool same = std::memcmp(bytes, bytes + width, (rows.count - 1) * width) == 0;
    return same ? std::optional(first) : std::nullopt;
  }
  std::uint64_t differ = 0;
  for_codes(c, rows, [&](std::size_t, auto code) {
    differ |= static_cast<std::uint64_t>(code ^ static_cast<decltype(code)>(first));
  });
  return differ ? std::nullopt : std::optional(first);
}

/// Rows in a run that have codes in both columns: calls each(position, code, code).
template <class Each>
bool for_codes(const cells& a, const cells& b, const selection& rows, Each&& each) {
  if (rows.list || rows.first + rows.count > std::min(a.rows(), b.rows())) return false;
  const auto with = [&]<class A>(const A* first) {
    const auto both = [&]<class B>(const B* second) {
      const A* x = first + rows.first;
      const B* y = second + rows.first;
      std::size_t i = 0;
      for (; i + 4 <= rows.count; i += 4) {
        each(i, x[i], y[i]);
        each(i + 1, x[i + 1], y[i + 1]);
        each(i + 2, x[i + 2], y[i + 2]);
        each(i + 3, x[i + 3], y[i + 3]);
      }
      for (; i < rows.count; ++i) each(i, x[i], y[i]);
      return true;
    };
    switch (b.width()) {
      case 1: return both(b.codes<std::uint8_t>());
      case 2: return both(b.codes<std::uint16_t>());
      case 4: return both(b.codes<std::uint32_t>());
      default: return false;
    }
  };
  switch (a.width()) {
    case 1: return with(a.codes<std::uint8_t>());
    case 2: return with(a.codes<std::uint16_t>());
    case 4: return with(a.codes<std::uint32_t>());
    default: return false;
  }
}

}  // namespace guanxi::query::columns
