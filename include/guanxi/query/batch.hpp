// Results: columns in Arrow layout, in batches.
//
//   for (const batch& b : rows.batches()) b.columns[0].at(3).as_text();
//
// Layout per column: a validity bitmap (bit set: not null), and
//   boolean bit-packed | integer, reference int64 | decimal 128-bit little-endian |
//   date int32 days | instant int64 microseconds UTC | text int32 offsets and UTF-8 bytes
// so that the Arrow edge only hands out pointers. Thread rule: a value; immutable once built.
#pragma once

#include "guanxi/base/value.hpp"
#include "guanxi/expr/tree.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace guanxi::query {

/// What a column of an answer is.
struct column_info {
  std::string name;
  expr::type type;
  const schema::field* field = nullptr;  ///< set where the column is just a field
  bool hidden = false;                   ///< of the order of a page, until the page is cut
};

class column {
 public:
  explicit column(expr::type of) : type_(of) {
    if (of.base == value_type::text) offsets_.push_back(0);
  }

  const expr::type& type() const noexcept { return type_; }
  std::size_t rows() const noexcept { return rows_; }
  std::size_t nulls() const noexcept { return nulls_; }
  bool is_null(std::size_t row) const noexcept { return !((validity_[row / 8] >> (row % 8)) & 1); }
  value at(std::size_t row) const;

  /// Appends a value of the column's type or null.
  void append(const value& v);
  void append_null();
  void append_integer(std::int64_t raw);          ///< integer, reference, instant, date, boolean
  void append_decimal(std::int64_t coefficient);  ///< at the type's scale
  void append_text(std::string_view text);
  void drop_last();                               ///< of at least one row

  const std::uint8_t* validity() const noexcept { return validity_.data(); }
  const void* data() const noexcept { return bytes_.data(); }
  const std::int32_t* offsets() const noexcept { return offsets_.data(); }
  std::size_t byte_size() const noexcept { return bytes_.size(); }

 private:
  void mark(bool valid);
  expr::type type_;
  std::size_t rows_ = 0, nulls_ = 0;
  std::vector<std::uint8_t> validity_, bytes_;
  std::vector<std::int32_t> offsets_;
};

struct batch {
  std::size_t first = 0;  ///< position of its first row in the answer
  std::vector<column> columns;
  std::size_t rows() const noexcept { return columns.empty() ? 0 : columns.front().rows(); }
};

/// A batch ends at this many rows (enough to amortise, small enough to stay in cache) or bytes in
/// one column (Arrow's text offsets are 32 bits), whichever comes first.
inline constexpr std::size_t batch_rows = 65'536;
inline constexpr std::size_t batch_bytes = std::size_t{1} << 30;

/// Where an answer stands among the pages of a walk (docs/query.md, Pages).
struct page_mark {
  std::string next;        ///< what `after` takes for the page behind; empty: this is the last
  std::int64_t since = 0;  ///< the last change of the log when the first page was asked for
};

class rows;

/// The answers of a select of children, one behind the other.
struct branch_rows {
  std::shared_ptr<const rows> all;
  std::vector<std::size_t> starts;  ///< of those of each row around them; at last where all end
};

/// A complete answer. It owns everything it shows.
///
/// A column of children (select name, (select name from contacts) from account) is one of integers,
/// how many each row has, and the rows themselves are beside it.
class rows {
 public:
  rows() = default;
  explicit rows(std::vector<column_info> columns, schema::catalog_ptr catalog)
      : catalog_(std::move(catalog)), columns_(std::move(columns)) {}

  const std::vector<column_info>& columns() const noexcept { return columns_; }
  const std::vector<batch>& batches() const noexcept { return batches_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  /// Position of a column by name, or -1.
  std::ptrdiff_t column(std::string_view name) const noexcept;
  /// The batch of a row below size(), and the row's place in it.
  std::pair<const batch*, std::size_t> place(std::size_t row) const;
  /// One cell; row below size(), column below columns().size().
  value at(std::size_t row, std::size_t column) const;

  /// The children of a column of them; null: it is of values.
  const branch_rows* branch(std::size_t column) const noexcept;
  /// The children of one row. The column is one of children.
  rows children(std::size_t row, std::size_t column) const;
  /// Copies of rows of this answer, in this order, with these columns of it.
  rows picked(std::span<const std::size_t> rows, std::span<const std::size_t> columns) const;
  /// Puts other values, one a row, in the place of a column's.
  void replace(std::size_t column, column_info by, std::span<const value> values);
  /// Puts children in the place of a column.
  void replace(std::size_t column, std::string name, branch_rows children);

  void append(std::span<const value> row);
  query::column& open_column(std::size_t c);  ///< for stores that fill columns directly
  void row_done();                            ///< after a cell was appended to every column

  /// Of a query with `after`; else empty.
  const page_mark& page() const noexcept { return page_; }
  /// Takes off the last row, of at least one.
  void drop_last_row();
  /// Takes off the hidden columns and says what page it is.
  void make_page(page_mark at);

 private:
  batch& open_batch();
  schema::catalog_ptr catalog_;  ///< column_info points into it
  std::vector<column_info> columns_;
  std::vector<batch> batches_;
  std::size_t size_ = 0;
  page_mark page_;
  std::map<std::size_t, branch_rows> branches_;  ///< by column
};

/// What the cells of an answer need, those of children included.
inline std::size_t bytes_of(const rows& r) noexcept {
  std::size_t out = 0;
  for (const batch& b : r.batches())
    for (const column& c : b.columns)
      out += c.byte_size() + (c.offsets() ? c.rows() * sizeof(std::int32_t) : 0) + c.rows() / 8;
  for (std::size_t i = 0; i < r.columns().size(); ++i)
    if (const branch_rows* b = r.branch(i))
      out += bytes_of(*b->all) + b->starts.size() * sizeof(std::size_t);
  return out;
}

}  // namespace guanxi::query

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/query/batch-inl.hpp"
#endif
