#include "cells_file.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

namespace guanxi::query {

namespace {

/// Integers of `width` bytes between this machine's order and the file's.
void exchange_order(std::vector<std::uint8_t>& bytes, std::size_t width) {
  if constexpr (std::endian::native == std::endian::little) return;
  for (auto at = bytes.begin(); width > 1 && at != bytes.end();
       at += static_cast<std::ptrdiff_t>(width))
    std::reverse(at, at + static_cast<std::ptrdiff_t>(width));
}

void write_code(std::uint8_t* codes, int width, row_number row, std::uint64_t code) noexcept {
  switch (width) {
    case 1: codes[row] = static_cast<std::uint8_t>(code); break;
    case 2: reinterpret_cast<std::uint16_t*>(codes)[row] = static_cast<std::uint16_t>(code); break;
    case 4: reinterpret_cast<std::uint32_t*>(codes)[row] = static_cast<std::uint32_t>(code); break;
    case 8: reinterpret_cast<std::uint64_t*>(codes)[row] = code; break;
    default: break;
  }
}

template <class To, class From>
std::vector<To> repacked(const std::vector<From>& from) {
  std::vector<To> out(from.size() * sizeof(From) / sizeof(To));
  if (!out.empty()) std::memcpy(out.data(), from.data(), out.size() * sizeof(To));
  return out;
}

}  // namespace

/// Leaves behind the texts that no cell refers to.
void cells_file::compact(cells& column) {
  if (column.form_ == cells::form::arena) {
    if (column.waste_ > 0) column.squeeze(0);
    if (column.waste_ > 0) throw std::bad_alloc();
  }
  if (column.form_ != cells::form::dictionary) return;
  std::vector<bool> used(column.ends_.size());
  for (row_number row = 0; row < column.rows_; ++row) used[column.code(row)] = true;
  std::vector<std::uint64_t> moved(used.size()), ends = {0};
  std::vector<char> texts;
  for (std::size_t word = 1; word < used.size(); ++word) {
    if (!used[word]) continue;
    const std::string_view text = column.text(word);
    texts.insert(texts.end(), text.begin(), text.end());
    ends.push_back(texts.size());
    moved[word] = ends.size() - 1;
  }
  // Codes only fall, so they fit where they are.
  for (row_number row = 0; row < column.rows_; ++row)
    write_code(column.codes_.data(), column.width_, row, moved[column.code(row)]);
  column.ends_ = std::move(ends);
  column.texts_ = std::move(texts);
}

cells_file cells_file::of(cells column, row_number rows) {
  column.truncate(rows);
  compact(column);
  cells_file out;
  out.shape_ = {column.form_ == cells::form::integers     ? std::uint64_t{column.round_}
                : column.form_ == cells::form::dictionary ? std::uint64_t{2}
                                                          : std::uint64_t{3},
                static_cast<std::uint64_t>(column.width_), column.rows_, column.base_};
  column.codes_.resize(column.rows_ * static_cast<std::size_t>(column.width_));  // no spare ones
  out.blocks_[0] = std::move(column.codes_);
  exchange_order(out.blocks_[0], static_cast<std::size_t>(column.width_));
  out.blocks_[1] = repacked<std::uint8_t>(column.ends_);
  exchange_order(out.blocks_[1], sizeof(std::uint64_t));
  out.blocks_[2] = repacked<std::uint8_t>(column.texts_);
  return out;
}

std::optional<cells> cells_file::read(expr::type type, const cells_shape& shape,
                                      std::array<bytes, blocks> from) {
  const bool sized = shape.width == 0 || shape.width == 1 || shape.width == 2 ||
                     shape.width == 4 || shape.width == 8;
  // Rows without codes would be rows that a file makes up at no cost.
  if (shape.form > 3 || !sized || shape.rows >= no_row || (shape.width == 0 && shape.rows > 0) ||
      from[0].size() != shape.rows * shape.width || from[1].size() % sizeof(std::uint64_t) != 0)
    return std::nullopt;
  cells out(type, shape.form == 2);
  out.form_ = shape.form < 2 ? cells::form::integers
              : shape.form == 2 ? cells::form::dictionary
                                : cells::form::arena;
  out.round_ = shape.form == 1;
  out.width_ = static_cast<int>(shape.width);
  out.rows_ = shape.rows;
  out.base_ = shape.base;
  exchange_order(from[0], shape.width);
  out.codes_ = std::move(from[0]);
  exchange_order(from[1], sizeof(std::uint64_t));
  out.ends_ = repacked<std::uint64_t>(from[1]);
  out.texts_ = repacked<char>(from[2]);
  if (out.form_ == cells::form::integers) {
    // Which codes there may be follows from those that there are.
    std::uint64_t greatest = 0;
    for (row_number row = 0; row < out.rows_; ++row) greatest = std::max(greatest, out.code(row));
    out.limit_ = greatest == ~std::uint64_t{0} ? greatest : greatest + 1;
    if (out.round_) out.limit_ = ~std::uint64_t{0};
    if (!out.ends_.empty() || !out.texts_.empty()) return std::nullopt;
  }
  if (!out.complete()) return std::nullopt;
  return out;
}

bool cells_file::fill(column_table& t, std::vector<cells> columns, std::uint64_t rows) {
  // Each row has had an id, so there are no more rows than ids have codes.
  if (columns.empty() || columns.size() != t.columns_.size() || columns[0].rows() != rows)
    return false;
  for (const cells& column : columns)
    if (column.rows() > rows) return false;
  for (row_number row = 0; row < rows; ++row)
    if (!columns[0].is_null(row) && columns[0].integer(columns[0].code(row)) < 1) return false;
  for (std::size_t slot = 0; slot < columns.size(); ++slot)
    *t.columns_[slot] = std::move(columns[slot]);
  t.rows_ = static_cast<row_number>(rows);
  return t.complete();
}

}  // namespace guanxi::query
