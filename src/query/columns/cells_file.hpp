// A column on its way into a snapshot file and back: a few numbers and up to three blocks of bytes.
//
//   cells copy = column;                        // while nobody writes
//   cells_file out = cells_file::of(std::move(copy), rows);
//   out.shape();   out.codes();   out.ends();   out.texts();
//   std::optional<cells> again = cells_file::read(type, shape, codes, ends, texts);
//
// Integers in blocks are little-endian. A text that no cell refers to any more, since it was
// changed, erased or undone, is left out.
// Thread rule: a value.
#pragma once

#include "column_table.hpp"

#include <array>
#include <span>

namespace guanxi::query {

/// The numbers of a column; whoever reads them from a file must let read() judge them.
struct cells_shape {
  std::uint64_t form = 0;  ///< 0 integers, 1 integers whose codes go round, 2 dictionary, 3 arena
  std::uint64_t width = 0;
  std::uint64_t rows = 0;
  std::int64_t base = 0;
};

class cells_file {
 public:
  using bytes = std::vector<std::uint8_t>;

  /// Takes a column's first rows.
  static cells_file of(cells column, row_number rows);
  const cells_shape& shape() const noexcept { return shape_; }
  /// Codes, ends of a dictionary's texts, texts.
  std::span<const std::uint8_t> block(std::size_t which) const noexcept { return blocks_[which]; }
  static constexpr std::size_t blocks = 3;

  /// The column that a file describes; nothing if the description contradicts itself.
  static std::optional<cells> read(expr::type type, const cells_shape& shape,
                                   std::array<bytes, blocks> from);
  /// Puts columns, one a slot, into a new table. False: they do not fit together, or ids are
  /// missing, double or below 1.
  static bool fill(column_table& t, std::vector<cells> columns, std::uint64_t rows);

 private:
  static void compact(cells& column);

  cells_shape shape_;
  std::array<bytes, blocks> blocks_;
};

}  // namespace guanxi::query
