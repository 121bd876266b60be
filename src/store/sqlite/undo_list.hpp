// Undoing the writes of one call without a savepoint of SQLite's, which copies every page that the
// call touches: the list knows what each write replaced, and puts it back.
//
//   undo.begin(c, 1);   undo.add(c, entity, key, &before);   undo.go_back(c, 1, take_back);
//
// A call that writes much leaves the rest to a real savepoint, so the list stays short. Should
// putting back fail, the caller gives up the transaction.
// Thread rule: belongs to the writing connection.
#pragma once

#include "connection.hpp"
#include "guanxi/schema/record.hpp"

#include <functional>
#include <vector>

namespace guanxi::store::sqlite {

struct written {
  const schema::entity* of = nullptr;
  id key;
  schema::record before;  ///< empty: there was none
};

class undo_list {
 public:
  /// Whether a write that replaces something must tell what.
  bool wants_images() const noexcept {
    return !levels_.empty() && !levels_.back().left_to_sqlite;
  }
  std::size_t size() const noexcept { return writes_.size(); }
  /// Drops what came after: a statement that failed has written nothing.
  void cut(std::size_t size) { writes_.resize(size); }
  void clear() noexcept;
  result<void> begin(connection& c, int level);
  /// Notes a write that comes next.
  result<void> add(connection& c, const schema::entity& of, id key, const schema::record* before);
  /// From here on SQLite keeps what is needed to go back.
  result<void> leave_to(connection& c);
  result<void> end(connection& c, int level);
  /// Takes back what was written since the level began, the last write first; it stays open.
  result<void> go_back(connection& c, int level,
                       const std::function<result<void>(const written&)>& take_back);

 private:
  struct level {
    int number = 0;
    std::size_t from = 0;       ///< of its writes in the list
    bool left_to_sqlite = false;
  };
  std::vector<level> levels_;
  std::vector<written> writes_;
};

}  // namespace guanxi::store::sqlite
