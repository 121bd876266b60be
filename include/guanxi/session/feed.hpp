// The change feed: what was committed, in order, for readers that come back for more. Where each
// has got to is a named cursor, kept in the store.
//
//   feed f = s.feed("erp", {.entities = {"account"}}).value();
//   for (const history_entry& e : f.next(100).value()) send(e);
//   f.acknowledge().value();           // from here the next reader of "erp" goes on
//
// Who reads and dies before acknowledging gets the same changes again: at least once. Who writes
// through the session and acknowledges in one transaction has each exactly once.
//
// A feed shows what the session's user may see now: entries of records within reach, visible fields
// alone. Of a record that is deleted since it shows only that, to those who could see it last;
// system sight sees everything. Entries come by sequence, never by the clock.
// Ownership: a feed keeps what it needs of its session. Thread rule: that of the session.
#pragma once

#include "guanxi/session/session.hpp"

#include <functional>

namespace guanxi {

struct feed_options {
  std::vector<std::string> entities = {};  ///< none: all that the user may read
  /// `field` or `entity.field`: only entries in which one of them changed, with these fields alone,
  /// and what is deleted, restored or purged. None: all.
  std::vector<std::string> fields = {};
  std::vector<std::string> actions = {};   ///< create, edit, delete, restore, purge; none: all
  /// Where a new cursor begins: after this sequence. Empty: with the first change ever.
  std::optional<std::int64_t> start_after = {};
};

class feed {
 public:
  /// The next changes, at most so many (1 to 100,000); none: there are none now. Errors:
  /// errc::pruned if changes that it has not read are gone: start over from a listing, then move
  /// the cursor; errc::interrupted.
  result<std::vector<history_entry>> next(std::size_t at_most = 500);
  /// Everything that next() has given is done with. In the session's open transaction it is stored
  /// with what else that writes; if that is undone, the changes come again. Errors: errc::conflict
  /// if the cursor stands elsewhere, for somebody else has moved it, or a transaction was undone;
  /// the feed then goes on from where it stands.
  result<void> acknowledge();
  /// Goes back to what is acknowledged: next() gives it again.
  void rewind() noexcept;
  /// Calls back for each change, the oldest first, at most so many, and acknowledges it when the
  /// callback has returned true; false ends. While it runs the session refuses to write
  /// (errc::misuse). Gives how many it acknowledged.
  result<std::int64_t> each(std::size_t at_most,
                            const std::function<bool(const history_entry&)>& take);

  std::string_view cursor() const noexcept;
  /// The last sequence that next() has looked at.
  std::int64_t position() const noexcept;
  std::int64_t acknowledged() const noexcept;

  struct state;
  explicit feed(std::shared_ptr<state> s);
  feed(feed&&) noexcept;
  feed& operator=(feed&&) noexcept;
  ~feed();

 private:
  std::shared_ptr<state> state_;
};

}  // namespace guanxi
