#pragma once

#include "guanxi/query/batch.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <numeric>

namespace guanxi::query {

namespace detail_batch {

template <class T>
void push(std::vector<std::uint8_t>& bytes, T x) {
  const std::size_t at = bytes.size();
  bytes.resize(at + sizeof x);
  std::memcpy(bytes.data() + at, &x, sizeof x);
}

template <class T>
T pull(const std::vector<std::uint8_t>& bytes, std::size_t row) {
  T x;
  std::memcpy(&x, bytes.data() + row * sizeof x, sizeof x);
  return x;
}

}  // namespace detail_batch

GUANXI_INLINE void column::mark(bool valid) {
  if (rows_ % 8 == 0) validity_.push_back(0);
  if (valid) validity_.back() = static_cast<std::uint8_t>(validity_.back() | (1u << (rows_ % 8)));
  else ++nulls_;
  ++rows_;
}

GUANXI_INLINE void column::append_integer(std::int64_t raw) {
  switch (type_.base) {
    case value_type::boolean:
      if (rows_ % 8 == 0) bytes_.push_back(0);
      if (raw) bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | (1u << (rows_ % 8)));
      break;
    case value_type::date: detail_batch::push(bytes_, static_cast<std::int32_t>(raw)); break;
    case value_type::decimal: return append_decimal(raw);
    default: detail_batch::push(bytes_, raw); break;
  }
  mark(true);
}

GUANXI_INLINE void column::append_decimal(std::int64_t coefficient) {
  detail_batch::push(bytes_, static_cast<wide>(coefficient));
  mark(true);
}

GUANXI_INLINE void column::append_text(std::string_view text) {
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  offsets_.push_back(static_cast<std::int32_t>(bytes_.size()));
  mark(true);
}

GUANXI_INLINE void column::append_null() {
  switch (type_.base) {
    case value_type::text: offsets_.push_back(static_cast<std::int32_t>(bytes_.size())); break;
    case value_type::boolean:
      if (rows_ % 8 == 0) bytes_.push_back(0);
      break;
    case value_type::date: detail_batch::push(bytes_, std::int32_t{0}); break;
    case value_type::decimal: detail_batch::push(bytes_, wide{0}); break;
    case value_type::null: break;
    default: detail_batch::push(bytes_, std::int64_t{0}); break;
  }
  mark(false);
}

GUANXI_INLINE void column::drop_last() {
  const bool null = is_null(--rows_);
  nulls_ -= null;
  if (type_.base == value_type::text) {
    offsets_.pop_back();
    bytes_.resize(static_cast<std::size_t>(offsets_.back()));
  } else if (type_.base == value_type::boolean) {
    bytes_.back() = static_cast<std::uint8_t>(bytes_.back() & ~(1u << (rows_ % 8)));
    if (rows_ % 8 == 0) bytes_.pop_back();
  } else if (type_.base != value_type::null) {
    bytes_.resize(bytes_.size() / (rows_ + 1) * rows_);
  }
  validity_.back() = static_cast<std::uint8_t>(validity_.back() & ~(1u << (rows_ % 8)));
  if (rows_ % 8 == 0) validity_.pop_back();
}

GUANXI_INLINE void column::append(const value& v) {
  switch (v.type()) {
    case value_type::null: return append_null();
    case value_type::boolean: return append_integer(v.as_boolean());
    case value_type::integer:
      if (type_.base != value_type::decimal) return append_integer(v.as_integer());
      return append_decimal(rescaled(v.as_integer(), 0, type_.scale).value_or(0));
    case value_type::decimal:
      return append_decimal(
          rescaled(v.as_decimal().coefficient, v.as_decimal().scale, type_.scale).value_or(0));
    case value_type::text: return append_text(v.as_text());
    case value_type::date: return append_integer(v.as_date().days);
    case value_type::instant: return append_integer(v.as_instant().microseconds);
    case value_type::reference: return append_integer(v.as_id().value);
  }
}

GUANXI_INLINE value column::at(std::size_t row) const {
  if (is_null(row)) return {};
  switch (type_.base) {
    case value_type::null: return {};
    case value_type::boolean: return static_cast<bool>((bytes_[row / 8] >> (row % 8)) & 1);
    case value_type::integer: return detail_batch::pull<std::int64_t>(bytes_, row);
    case value_type::decimal:
      return decimal{static_cast<std::int64_t>(detail_batch::pull<wide>(bytes_, row)), type_.scale};
    case value_type::date: return date{detail_batch::pull<std::int32_t>(bytes_, row)};
    case value_type::instant: return instant{detail_batch::pull<std::int64_t>(bytes_, row)};
    case value_type::reference: return id{detail_batch::pull<std::int64_t>(bytes_, row)};
    case value_type::text: {
      const auto from = static_cast<std::size_t>(offsets_[row]);
      const auto to = static_cast<std::size_t>(offsets_[row + 1]);
      return std::string_view(reinterpret_cast<const char*>(bytes_.data()) + from, to - from);
    }
  }
  return {};
}

GUANXI_INLINE std::ptrdiff_t rows::column(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i].name == name) return static_cast<std::ptrdiff_t>(i);
  return -1;
}

GUANXI_INLINE std::pair<const batch*, std::size_t> rows::place(std::size_t row) const {
  const auto behind = std::upper_bound(
      batches_.begin(), batches_.end(), row,
      [](std::size_t r, const batch& b) { return r < b.first; });
  const batch& in = *std::prev(behind);
  return {&in, row - in.first};
}

GUANXI_INLINE value rows::at(std::size_t row, std::size_t column) const {
  const auto [in, at] = place(row);
  return in->columns[column].at(at);
}

GUANXI_INLINE batch& rows::open_batch() {
  const auto full = [](const batch& b) {
    return b.rows() >= batch_rows ||
           std::any_of(b.columns.begin(), b.columns.end(),
                       [](const query::column& c) { return c.byte_size() >= batch_bytes; });
  };
  if (batches_.empty() || full(batches_.back())) {
    batch fresh;
    fresh.first = size_;
    for (const column_info& c : columns_) fresh.columns.emplace_back(c.type);
    batches_.push_back(std::move(fresh));
  }
  return batches_.back();
}

GUANXI_INLINE query::column& rows::open_column(std::size_t c) {
  return c == 0 ? open_batch().columns[0] : batches_.back().columns[c];
}

GUANXI_INLINE void rows::row_done() { ++size_; }

GUANXI_INLINE const branch_rows* rows::branch(std::size_t column) const noexcept {
  const auto at = branches_.find(column);
  return at == branches_.end() ? nullptr : &at->second;
}

GUANXI_INLINE rows rows::children(std::size_t row, std::size_t column) const {
  const branch_rows& of = branches_.at(column);
  std::vector<std::size_t> which(of.starts[row + 1] - of.starts[row]);
  std::iota(which.begin(), which.end(), of.starts[row]);
  std::vector<std::size_t> all(of.all->columns().size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return of.all->picked(which, all);
}

GUANXI_INLINE rows rows::picked(std::span<const std::size_t> which,
                                std::span<const std::size_t> columns) const {
  std::vector<column_info> heads;
  heads.reserve(columns.size());
  for (const std::size_t c : columns) heads.push_back(columns_[c]);
  rows out(std::move(heads), catalog_);
  for (const std::size_t row : which) {
    const auto [in, at] = place(row);
    for (std::size_t c = 0; c < columns.size(); ++c)
      out.open_column(c).append(in->columns[columns[c]].at(at));
    out.row_done();
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const branch_rows* from = branch(columns[c]);
    if (!from) continue;
    branch_rows to;
    to.starts.push_back(0);
    std::vector<std::size_t> inner;
    for (const std::size_t row : which) {
      for (std::size_t i = from->starts[row]; i < from->starts[row + 1]; ++i) inner.push_back(i);
      to.starts.push_back(inner.size());
    }
    std::vector<std::size_t> all(from->all->columns().size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    to.all = std::make_shared<const rows>(from->all->picked(inner, all));
    out.branches_.emplace(c, std::move(to));
  }
  return out;
}

GUANXI_INLINE void rows::replace(std::size_t column, column_info by,
                                 std::span<const value> values) {
  for (batch& b : batches_) {
    query::column fresh(by.type);
    for (std::size_t i = 0; i < b.rows(); ++i) fresh.append(values[b.first + i]);
    b.columns[column] = std::move(fresh);
  }
  columns_[column] = std::move(by);
}

GUANXI_INLINE void rows::replace(std::size_t column, std::string name, branch_rows children) {
  std::vector<value> counts;
  counts.reserve(size_);
  for (std::size_t row = 0; row < size_; ++row)
    counts.emplace_back(
        static_cast<std::int64_t>(children.starts[row + 1] - children.starts[row]));
  column_info head;
  head.name = std::move(name);
  head.type = {.base = value_type::integer};
  replace(column, std::move(head), counts);
  branches_[column] = std::move(children);
}

GUANXI_INLINE void rows::drop_last_row() {
  for (auto& [column, of] : branches_) of.starts.pop_back();
  for (query::column& c : batches_.back().columns) c.drop_last();
  if (batches_.back().rows() == 0) batches_.pop_back();
  --size_;
}

GUANXI_INLINE void rows::make_page(page_mark at) {
  const auto hidden = std::find_if(columns_.begin(), columns_.end(),
                                   [](const column_info& c) { return c.hidden; });
  const auto shown = hidden - columns_.begin();
  columns_.erase(hidden, columns_.end());
  for (batch& b : batches_) b.columns.erase(b.columns.begin() + shown, b.columns.end());
  page_ = std::move(at);
}

GUANXI_INLINE void rows::append(std::span<const value> row) {
  batch& into = open_batch();
  for (std::size_t i = 0; i < row.size(); ++i) into.columns[i].append(row[i]);
  row_done();
}

}  // namespace guanxi::query
