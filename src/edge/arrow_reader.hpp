// An Arrow stream read cell by cell: what a table of the host's becomes on its way into records.
//
//   arrow_reader from = arrow_reader::open(stream).value();
//   while (from.next().value())
//     for (std::size_t row = 0; row < from.rows(); ++row) value v = from.at(0, row).value();
//
// It takes the stream over and releases it. Memory: one batch at a time.
// Thread rule: one thread.
#pragma once

#include "guanxi/base/result.hpp"
#include "guanxi/base/value.hpp"
#include "guanxi/edge/arrow.hpp"

#include <memory>
#include <string>
#include <vector>

namespace guanxi::edge {

class arrow_reader {
 public:
  /// Errors: errc::type_mismatch for a column that no field could take, naming it;
  /// errc::invalid_argument for what is no table.
  static result<arrow_reader> open(ArrowArrayStream& from);
  ~arrow_reader();
  arrow_reader(arrow_reader&&) noexcept;
  arrow_reader& operator=(arrow_reader&&) = delete;

  const std::vector<std::string>& columns() const noexcept;
  /// Goes to the next batch; false after the last. Errors: what the stream says.
  result<bool> next();
  std::size_t rows() const noexcept;
  /// A number of a float column is taken if it is whole, its NaN as null, since tables of Python
  /// hold integers with gaps that way. Errors: errc::type_mismatch, errc::overflow.
  result<value> at(std::size_t column, std::size_t row) const;

 private:
  struct state;
  explicit arrow_reader(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

}  // namespace guanxi::edge
