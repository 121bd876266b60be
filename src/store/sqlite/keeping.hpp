// Keeping a SQLite file safe: its check, its copy, and checksums for files that had none.
//
//   verify(connection, catalog, inspection);   copy(connection, "monday.gx", progress);
//
// Thread rule: belongs to whoever has the connection.
#pragma once

#include "connection.hpp"
#include "guanxi/schema/catalog.hpp"
#include "guanxi/store/keeping.hpp"

#include <functional>
#include <string>

namespace guanxi::store::sqlite {

/// Gives a file of format 1 the checksums of its records, in one transaction.
result<void> add_sums(connection& c, std::int64_t to_format);
/// Writes the checksums of all records of an entity anew, inside the open transaction: they depend
/// on the names of entity and fields.
result<void> fill_sums(connection& c, const schema::entity& of);

/// SQLite's own check, the tables against the catalog, every record against its checksum, and
/// references. What cannot be read is a finding; errc::interrupted is an error.
result<void> verify(connection& c, const schema::catalog& catalog, inspection& into);

/// Lets a running statement ask whether to go on.
class patience {
 public:
  patience(connection& c, std::function<bool()> on);
  ~patience();
  patience(const patience&) = delete;
  patience& operator=(const patience&) = delete;

 private:
  connection& db_;
  std::function<bool()> on_;
};

/// Visits the rows of a table by rising id and, where that ends in a damaged place, by falling id
/// from the other end. `select` is "SELECT … FROM …", whose first column is the id.
class walk {
 public:
  walk(connection& c, std::string select) : db_(c), select_(std::move(select)) {}
  /// Errors: of the visitor, and of SQLite if it was not damage that ended it.
  result<void> run(const std::function<result<void>(sqlite3_stmt*)>& visit);
  /// What ended it before its time; empty: it saw every row.
  const std::string& obstacle() const noexcept { return obstacle_; }
  /// Ids between which rows could not be reached, the bounds not among them.
  id gap_begin() const noexcept { return low_; }
  id gap_end() const noexcept { return high_; }

 private:
  result<void> one_way(bool up, id& reached,
                       const std::function<result<bool>(sqlite3_stmt*)>& visit);
  connection& db_;
  std::string select_, obstacle_;
  id low_ = {}, high_ = {};
};

/// Copies what the connection sees, at one moment, to a file that is new or empty. Errors:
/// errc::interrupted, errc::store_full, errc::store_io, errc::busy.
result<void> copy(connection& from, const std::string& path, const progress& told);
/// The same over a database that others may have open, in one transaction.
result<void> copy_over(const std::string& from, const std::string& path, const progress& told);

}  // namespace guanxi::store::sqlite
