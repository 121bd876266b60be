// Entries of the change log, packed into one text: who reads the log gets them unpacked from here.
//
//   std::string text = packer(at, record).head(change_kind::edit, entity_number, cause)
//                          .change(field_number, before, after).done();
//   change_entry e = unpacked(row, *catalog, word_of).value();   // row: of gx_change
//
// An entry names entity and fields by their lasting numbers, and each value tells its type, so that
// it can be read whatever became of the schema. The form is docs/decisions/0023.
// Thread rule: values.
#pragma once

#include "guanxi/schema/record.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi::store {

/// What a change did to its record: the first letter of its entry.
enum class change_kind : char {
  create = 'c', edit = 'e', remove = 'd', restore = 'r', purge = 'p'
};
/// "create", "edit", "delete", "restore", "purge".
std::string_view name(change_kind k) noexcept;

struct field_change {
  std::uint32_t field = 0;  ///< field_definition::number
  value before, after;
};

struct change_entry {
  std::int64_t sequence = 0;
  std::int64_t batch = 0;    ///< the sequence of the first change of the same commit
  instant at;
  id user;                   ///< 0: system sight
  change_kind what = change_kind::edit;
  std::uint32_t entity = 0;  ///< its number in the catalog
  id record;
  std::string cause;
  std::vector<field_change> fields;  ///< by rising number
};

/// A cause as an entry names it: a word of gx_word, or the text itself.
struct cause_name {
  std::uint32_t word = 0;     ///< 0: not a word
  std::string_view text = {};  ///< empty and no word: "api"
};

/// Writes one entry. Fields come by rising number.
class packer {
 public:
  /// Into a text that is emptied first; its room is used again.
  explicit packer(std::string& out) : out_(out) { out_.clear(); }
  void head(change_kind what, std::uint32_t entity, instant at, const cause_name& why);
  /// One image alone: the after-image of what is created, the before-image of what is purged.
  void only(std::uint32_t field, const value& v);
  void change(std::uint32_t field, const value& before, const value& after);

 private:
  void number(std::uint64_t n);
  void whole(std::int64_t n);
  void field(std::uint32_t field, value_type type);
  void content(const value& v);
  void difference(const value& before, const value& after);

  std::string& out_;
  instant at_;
  std::uint32_t next_ = 0;  ///< the least number that the next field may have
};

/// The text of a word of gx_word; empty: there is none.
using word_reader = std::function<result<std::string>(std::uint32_t word)>;

/// Reads a row of gx_change, of this form or the JSON of earlier versions, whose fields are found
/// by the names that they have in `names`. Errors: errc::store_corrupt with the sequence.
result<change_entry> unpacked(const schema::record& row, const schema::catalog& names,
                              const word_reader& words);
/// The same without its fields, which is less work.
result<change_entry> unpacked_head(const schema::record& row, const schema::catalog& names,
                                   const word_reader& words);

/// A value of the log as what its field holds today: at another scale, say, where that is exact.
value as_of_now(const schema::field& f, value v);

}  // namespace guanxi::store
