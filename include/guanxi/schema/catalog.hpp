// The catalog: every entity and field of one tenant, compiled from definitions into an immutable
// value that is swapped whole when the schema changes.
//
//   const entity* o = catalog->find("opportunity");
//   const field* f = o->find("amount");                       // f->slot, f->type, f->target
//   auto margin = catalog->find<money>("opportunity", "x_margin").value();
//
// Ownership: entities and fields live as long as their catalog; hold a catalog_ptr.
// Thread rule: immutable, share freely.
#pragma once

#include "guanxi/schema/definition.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace guanxi::schema {

class entity;

struct field : field_definition {
  std::uint16_t slot = 0;
  const entity* of = nullptr;
  const entity* target_entity = nullptr;  ///< kind::reference
  bool system = false;                    ///< one of the fields every record has
  bool has(field_flag flag) const noexcept { return (flags & flag) != 0; }
  bool has_choice(std::string_view code) const noexcept;
};

/// Whether a caller may set it at all: the library sets the system fields but owner and record
/// type, and effects set what is derived.
inline bool settable(const field& f) noexcept {
  const bool open = f.slot == system_slot::owner || f.slot == system_slot::record_type;
  return !f.has(derived) && (!f.system || open);
}

inline constexpr std::uint16_t no_slot = 0xffff;

class entity {
 public:
  std::string_view name() const noexcept { return definition_.name; }
  std::uint32_t tag() const noexcept { return tag_; }
  bool custom() const noexcept { return definition_.custom; }
  /// Position in the catalog's list.
  std::uint16_t number() const noexcept { return number_; }
  const entity_definition& definition() const noexcept { return definition_; }
  /// All fields by slot, the system fields first.
  std::span<const field> fields() const noexcept { return fields_; }
  std::size_t slots() const noexcept { return fields_.size(); }
  const field& at(std::uint16_t slot) const noexcept { return fields_[slot]; }
  const field* find(std::string_view name) const noexcept;
  /// The field of a lasting number (field_definition::number), or nullptr.
  const field* numbered(std::uint32_t number) const noexcept;
  /// Slot of the currency of this entity's money fields, or no_slot.
  std::uint16_t currency_slot() const noexcept { return currency_slot_; }
  /// Slot of the field that names a record to people, or no_slot.
  std::uint16_t title_slot() const noexcept { return title_slot_; }

 private:
  friend class catalog;
  void fill(entity_definition definition, std::uint16_t number);
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept {
      return std::hash<std::string_view>()(s);
    }
  };
  entity_definition definition_;
  std::uint32_t tag_ = 0;
  std::uint16_t number_ = 0, currency_slot_ = no_slot, title_slot_ = no_slot;
  std::vector<field> fields_;
  std::unordered_map<std::string, std::uint16_t, text_hash, std::equal_to<>> by_name_;
  std::vector<std::uint16_t> by_number_;  ///< slots
};

class catalog;
using catalog_ptr = std::shared_ptr<const catalog>;

class catalog {
 public:
  /// Compiles definitions; an entity with a money field also gets a `currency` field if its rows
  /// have none. Errors: errc::invalid_argument naming entity and field (bad name, double name,
  /// unknown target, two titles).
  static result<catalog_ptr> compile(std::span<const entity_definition> definitions);

  /// An entity by name, or nullptr.
  const entity* find(std::string_view name) const noexcept;
  const entity* find_tag(std::uint32_t tag) const noexcept;
  std::span<const std::unique_ptr<entity>> entities() const noexcept { return entities_; }

  /// A typed handle for a field, standard or custom; its name() is the catalog's.
  template <class T>
  result<handle<T>> find(std::string_view entity_name, std::string_view field_name) const {
    result<const field*> f = need(entity_name, field_name);
    if (!f) return passed(f);
    if (!handle_kind<T>::fits((*f)->type))
      return unexpected(error(errc::type_mismatch, "`" + std::string(field_name) + "` is of kind " +
                                                       std::string(name((*f)->type)))
                            .in_entity(entity_name)
                            .in_field(field_name));
    return handle<T>((*f)->system ? 0u : (*f)->of->tag(), (*f)->slot, (*f)->name,
                     (*f)->target_entity ? (*f)->target_entity->tag() : 0u);
  }
  /// The field, or an error that names the nearest known one.
  result<const field*> need(std::string_view entity_name, std::string_view field_name) const;
  result<const entity*> need(std::string_view entity_name) const;

 private:
  result<void> add(const entity_definition& definition);
  result<void> connect(entity& e);

  std::vector<std::unique_ptr<entity>> entities_;
  std::unordered_map<std::string_view, const entity*> by_name_;
  std::unordered_map<std::uint32_t, const entity*> by_tag_;
};

}  // namespace guanxi::schema

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/schema/catalog-inl.hpp"
#endif
