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

#include <unordered_map>

namespace guanxi::work {

class change_log {
 public:
  /// `text`: what queries need of the environment.
  change_log(store::reading& by, const text_services* text) : by_(&by), text_(text) {}
  explicit change_log(pipeline& open);

  /// Entries above a sequence, the oldest first, at most so many.
  result<std::vector<store::change_entry>> after(std::int64_t sequence, std::size_t at_most);
  /// Entries of one record, the oldest first; with an open transaction also its own.
  result<std::vector<store::change_entry>> of_record(const schema::entity& of, id key);
  /// A stored record, deleted or not; an empty record if there is none.
  result<schema::record> record(const schema::entity& of, id key);

 private:
  result<std::string> word(std::uint32_t number);
  result<void> scan(const schema::entity& of, id after, std::size_t at_most,
                    const store::record_visitor& visit);
  result<query::rows> rows_of(const schema::entity& log, id record);
  schema::catalog_ptr catalog() const;

  store::reading* by_ = nullptr;  ///< null: through the open transaction
  pipeline* open_ = nullptr;
  const text_services* text_;
  std::unordered_map<std::uint32_t, std::string> words_;
};

}  // namespace guanxi::work
