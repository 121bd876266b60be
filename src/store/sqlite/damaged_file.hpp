// A copy of a damaged file: opened as far as SQLite can, and its rows by every way there is.
//
//   auto from = damaged_file::copy_of("broken.gx", "rescued.gx.new-damaged", world).value();
//   from->walk(entity, visit);   from->row(entity, key, visit);   from->leaf_rows(entities, visit);
//
// Thread rule: one thread.
#pragma once

#include "keeping.hpp"
#include "record_sum.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace guanxi::store::sqlite {

/// A row as it was found; `sound`: it is as it was written.
struct found_row {
  id key;
  std::span<const stored_cell> cells;  ///< of the entity's stored fields, in their order
  bool sound = false;
};

class damaged_file {
 public:
  using visitor = std::function<result<void>(const found_row&)>;

  /// Errors: errc::file_missing, errc::store_io, errc::store_full.
  static result<std::unique_ptr<damaged_file>> copy_of(const std::string& path,
                                                       const std::string& copy,
                                                       const environment& world);
  ~damaged_file();
  damaged_file(const damaged_file&) = delete;
  damaged_file& operator=(const damaged_file&) = delete;

  /// The rows that trees lead to; what stopped the walk, or nothing.
  result<std::string> walk(const schema::entity& of, const visitor& visit);
  /// One row by its id, if the tree leads there.
  result<bool> row(const schema::entity& of, id key, const visitor& visit);
  /// Ids that the index over owners has, whatever the table says.
  std::vector<id> indexed(const schema::entity& of);
  /// Whether SQLite finds nothing wrong with the table and its indices, such as a row that an
  /// index has and the table has not.
  bool agrees(const schema::entity& of);
  /// Sound rows of any of the entities on any leaf page.
  result<void> leaf_rows(
      std::span<const schema::entity* const> of,
      const std::function<result<void>(const schema::entity&, const found_row&)>& visit);

 private:
  struct layout {
    std::vector<const schema::field*> fields;
    record_sum sums;
    std::vector<std::string> columns;  ///< of the table, in its order
    std::string select;                ///< of fields, then the checksum
  };
  damaged_file(std::string path, std::unique_ptr<connection> c)
      : path_(std::move(path)), db_(std::move(c)) {}
  const layout& layout_of(const schema::entity& e);
  std::vector<std::string> columns_by_leaf(const std::string& table);
  result<void> visit_row(const layout& by, sqlite3_stmt* row, const visitor& visit);
  bool fits(const layout& by, id key, std::span<const stored_cell> cells,
            std::vector<stored_cell>& into) const;

  std::string path_;
  std::unique_ptr<connection> db_;
  std::unordered_map<std::string, layout> layouts_;
  std::unordered_map<std::string, std::string> tables_;  ///< what made them, off the leaves
  bool leaves_read_ = false;
};

}  // namespace guanxi::store::sqlite
