// The change log as its readers get it: entries in the order of their sequences.
//
//   change_log log(reading, text);
//   for (const store::change_entry& e : log.after(seen, 500).value()) …
//
// It reads what is committed. Through an open transaction it sees records, and a record's entries,
// as they are written so far; after() gives nothing of the transaction, as that may be undone.
// Everything is on system sight: what a user may see of it, the caller decides.
// Thread rule: one thread; it refers to what it was made from.
#pragma once

#include "guanxi/store/change_entry.hpp"
#include "guanxi/work/pipeline.hpp"

#include <optional>
#include <unordered_map>

namespace guanxi::work {

/// Where a reader of the feed has got to.
struct cursor {
  id key;                     ///< 0: not stored yet
  std::string name;
  id user;                    ///< whose; 0: system sight's
  std::int64_t position = 0;  ///< the last sequence that is acknowledged
  instant moved_at;
};

class change_log {
 public:
  /// `text`: what queries need of the environment.
  change_log(store::reading& by, const text_services* text) : by_(&by), text_(text) {}
  explicit change_log(pipeline& open);

  /// Whether entries of the open transaction itself are read, too.
  enum class own : std::uint8_t { left_out, included };

  /// Entries above a sequence, the oldest first, at most so many.
  result<std::vector<store::change_entry>> after(std::int64_t sequence, std::size_t at_most,
                                                 own mine = own::left_out);
  /// Entries of one record, the oldest first; with an open transaction also its own.
  result<std::vector<store::change_entry>> of_record(const schema::entity& of, id key);
  /// A stored record, deleted or not; an empty record if there is none.
  result<schema::record> record(const schema::entity& of, id key);
  /// Stored records, deleted or not, with ids above `after`, rising, at most so many.
  result<void> records(const schema::entity& of, id after, std::size_t at_most,
                       const store::record_visitor& visit);
  /// From here on all reads are of one moment, where the store can hold one: else false.
  result<bool> hold();
  /// The last sequence that is committed; 0: none.
  result<std::int64_t> last();
  /// The greatest sequence that was pruned; 0: none was.
  result<std::int64_t> pruned();
  /// The last sequence whose entry bears this time or an earlier one; 0: none.
  result<std::int64_t> last_at(instant when);
  /// The first sequence whose entry bears this time or a later one; 0: none.
  result<std::int64_t> first_since(instant when);
  /// Readers of the feed, by rising ids.
  result<std::vector<cursor>> cursors();
  result<std::optional<cursor>> cursor_at(id key);
  /// An entry as it is stored.
  result<std::optional<schema::record>> entry_at(std::int64_t sequence);
  /// Records that rules of permission ask for, as they are now. It must not outlive the log.
  query::loaded_relatives related();
  const text_services* text() const noexcept { return text_; }

 private:
  result<std::string> word(std::uint32_t number);
  result<std::int64_t> number(id of_meta);
  result<query::rows> ask(const std::string& text, const expr::parameter_value& with);
  schema::catalog_ptr catalog() const;

  store::reading* by_ = nullptr;  ///< null: through the open transaction
  pipeline* open_ = nullptr;
  const text_services* text_;
  std::unordered_map<std::uint32_t, std::string> words_;
};

}  // namespace guanxi::work
