// Rows: the one definition of an entity, from which everything else derives.
//
//   inline constexpr field_row fields[] = {
//       {.name = "name", .type = kind::text, .text = {"Name", "名称"}, .flags = required | title},
//       {.name = "amount", .type = kind::money, .text = {"Amount", "金额"}},
//   };
//   inline constexpr entity_row entity{.name = "opportunity", .text = {"Opportunity", "商机"},
//                                      .plural = {"Opportunities", "商机"}, .fields = fields};
//   inline constexpr handle<money> amount = entity["amount"];   // a misspelt name does not compile
//
// Thread rule: constants.
#pragma once

#include "guanxi/base/id.hpp"
#include "guanxi/base/money.hpp"
#include "guanxi/base/value.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace guanxi::schema {

/// What a field holds. The numbers are those of the C API and of stored definitions.
enum class kind : std::uint8_t {
  boolean = 1,
  integer = 2,
  decimal = 3,    ///< at the row's scale
  money = 4,      ///< a decimal at the row's scale, in the record's currency
  text = 5,       ///< UTF-8, stored composed (NFC)
  choice = 6,     ///< the code of one of the row's choices
  date = 7,
  instant = 8,
  reference = 9   ///< the id of a record of the row's target entity
};
std::string_view name(kind k) noexcept;
/// The type of the values that a slot of this kind holds.
value_type stored_as(kind k) noexcept;

/// A word for people, in the two languages that the library speaks.
struct label {
  std::string_view en = {}, zh = {};
};

enum field_flag : std::uint32_t {
  no_flags = 0,
  required = 1,      ///< never null in a stored record
  unique = 2,        ///< at most one live record per value; nulls do not count
  indexed = 4,       ///< the store keeps it quick to filter and sort by
  title = 8,         ///< the field that names the record to people; at most one per entity
  derived = 16,      ///< written by effects only, on system sight; guarded by its own field right
  tracked = 32,      ///< its history is read often
  searchable = 64        ///< texts that `search` looks at
};

/// What happens to the records that a reference ties to a record which is deleted. The numbers are
/// those of the C API.
enum class on_delete : std::uint8_t {
  leave = 0,     ///< nothing: the reference stays, and leads nowhere until the record is back
  clear = 1,     ///< it becomes null, and what it was again when the record is restored
  restrict = 2,  ///< a live one forbids the deletion
  cascade = 3,   ///< they are deleted with it, which needs the right to delete each
  follow = 4     ///< they are parts of it: they go and come with it, whoever may do that to it
};
std::string_view name(on_delete what) noexcept;

struct choice_row {
  std::string_view code = {};
  label text = {};
};

struct field_row {
  std::string_view name = {};
  kind type = kind::text;
  label text = {};
  std::uint32_t flags = no_flags;
  std::string_view target = {};              ///< kind::reference: an entity's name
  std::span<const choice_row> choices = {};  ///< kind::choice
  std::uint8_t scale = 2;                    ///< kind::decimal and kind::money, 0 to 18
  std::string_view initial = {};  ///< default, an expression of the language; empty: null
  schema::on_delete on_delete = schema::on_delete::leave;  ///< kind::reference
};

/// Fields that every record of every entity has, in these slots.
namespace system_slot {
inline constexpr std::uint16_t id = 0, revision = 1, owner = 2, owner_role = 3, created_at = 4,
                               created_by = 5, modified_at = 6, modified_by = 7, record_type = 8,
                               deletion_batch = 9, archived = 10;
inline constexpr std::uint16_t count = 11;
}  // namespace system_slot

/// FNV-1a of an entity's name: how a handle knows which records it fits.
constexpr std::uint32_t entity_tag(std::string_view entity) noexcept {
  std::uint32_t hash = 2166136261u;
  for (char c : entity) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash | 1u;  // 0 means: any entity
}

template <class T>
class handle;

/// A slot found by name at compile time, on its way into a handle.
struct named_slot {
  std::uint32_t tag;
  std::uint16_t slot;
  kind type;
  std::string_view name = {};
  std::uint32_t target = 0;  ///< of a reference: the tag of the entity that it leads to
};

struct entity_row {
  std::string_view name = {};
  label text = {};
  label plural = {};
  std::span<const field_row> fields = {};

  /// The slot of a field; an unknown name does not compile.
  consteval named_slot operator[](std::string_view field) const {
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (fields[i].name == field)
        return {entity_tag(name), static_cast<std::uint16_t>(system_slot::count + i),
                fields[i].type, fields[i].name,
                fields[i].target.empty() ? 0u : entity_tag(fields[i].target)};
    throw "this entity has no such field";
  }
};

/// One field's new value, ready for a draft: `account::name = "Acme"`.
struct assignment {
  std::uint32_t tag = 0;
  std::uint16_t slot = 0;
  value content;
  currency in;  ///< money only: also becomes the record's currency
};

/// Which C++ type reads and writes which kind.
template <class T> struct handle_kind;
template <kind... Kinds> struct fits_only {
  static constexpr bool fits(kind k) { return ((k == Kinds) || ...); }
};
template <> struct handle_kind<bool> : fits_only<kind::boolean> {};
template <> struct handle_kind<std::int64_t> : fits_only<kind::integer> {};
template <> struct handle_kind<decimal> : fits_only<kind::decimal> {};
template <> struct handle_kind<money> : fits_only<kind::money> {};
template <> struct handle_kind<std::string_view> : fits_only<kind::text, kind::choice> {};
template <> struct handle_kind<date> : fits_only<kind::date> {};
template <> struct handle_kind<instant> : fits_only<kind::instant> {};
template <> struct handle_kind<id> : fits_only<kind::reference> {};

/// A typed name for a slot. Standard ones are constants; catalog::find<T> gives the same kind of
/// handle for a custom field.
template <class T>
class handle {
 public:
  consteval handle(named_slot at)
      : tag_(at.tag), target_(at.target), name_(at.name), slot_(at.slot) {
    if (!handle_kind<T>::fits(at.type)) throw "the field is of another kind";
  }
  /// For catalog::find, which has checked the kind.
  constexpr handle(std::uint32_t tag, std::uint16_t slot, std::string_view name = {},
                   std::uint32_t target = 0) noexcept
      : tag_(tag), target_(target), name_(name), slot_(slot) {}

  constexpr std::uint32_t tag() const noexcept { return tag_; }
  constexpr std::uint16_t slot() const noexcept { return slot_; }
  /// The field's name, for queries; that of a custom field lives as long as its catalog.
  constexpr std::string_view name() const noexcept { return name_; }
  /// Of a reference: the tag of the entity that it leads to; 0 where that is not known.
  constexpr std::uint32_t target() const noexcept { return target_; }

  assignment operator=(T x) const {
    if constexpr (std::is_same_v<T, money>) return {tag_, slot_, value(x.amount), x.currency};
    else return {tag_, slot_, value(x), {}};
  }
  assignment operator=(std::nullptr_t) const { return {tag_, slot_, value(), {}}; }

 private:
  std::uint32_t tag_, target_;
  std::string_view name_;
  std::uint16_t slot_;
};

/// Handles of the system fields; they fit records of every entity.
namespace system_field {
inline constexpr handle<id> owner{0, system_slot::owner, "owner", entity_tag("user")};
inline constexpr handle<id> owner_role{0, system_slot::owner_role, "owner_role",
                                       entity_tag("role")};
inline constexpr handle<instant> created_at{0, system_slot::created_at, "created_at"};
inline constexpr handle<id> created_by{0, system_slot::created_by, "created_by",
                                       entity_tag("user")};
inline constexpr handle<instant> modified_at{0, system_slot::modified_at, "modified_at"};
inline constexpr handle<id> modified_by{0, system_slot::modified_by, "modified_by",
                                        entity_tag("user")};
inline constexpr handle<std::string_view> record_type{0, system_slot::record_type,
                                                      "record_type"};
inline constexpr handle<std::int64_t> deletion_batch{0, system_slot::deletion_batch,
                                                     "deletion_batch"};
inline constexpr handle<bool> archived{0, system_slot::archived, "archived"};
}  // namespace system_field

/// The rows of the system fields, slot by slot.
std::span<const field_row> system_rows() noexcept;

}  // namespace guanxi::schema

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/schema/row-inl.hpp"
#endif
