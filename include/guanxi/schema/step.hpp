// Migration steps: how one catalog becomes the next, one small change at a time.
//
//   for (const step& s : steps_between(stored, wanted).value()) …   // s.what, s.entity, s.slot
//
// Thread rule: values.
#pragma once

#include "guanxi/schema/catalog.hpp"

#include <string>
#include <vector>

namespace guanxi::schema {

struct step {
  /// Those after add_field are taken by drivers that say so (driver::reshapes), but for
  /// redefine_field, which changes nothing that is stored.
  enum class kind : std::uint8_t {
    add_entity, add_field, rename_entity, rename_field, drop_entity, drop_field, convert_field,
    index_field, redefine_field
  };
  kind what = kind::add_entity;
  std::string entity;      ///< as the catalog that the step leads to has it; drop_entity: as before
  std::uint16_t slot = 0;  ///< add_field: where rows gain a null; drop_field: where they lose one
  std::string field;
  std::string was = {};    ///< rename_entity, rename_field: the name before
  field_definition before = {}, after = {};  ///< of a field that is redefined, converted or indexed
};

/// Steps in the order in which a store must take them: whole new entities, then new fields of known
/// ones by rising slot of `to`, so that inserting null after null gives the layout of `to` to rows
/// whose other fields kept their order. Neither an entity nor a field ever changes
/// its kind, scale or target; that is errc::invalid_argument. What `from` has and `to` lacks is an
/// errc::newer_schema: a later library wrote it.
result<std::vector<step>> steps_between(const catalog& from, const catalog& to);

/// Steps for the indices that fields of both catalogs have in one of them only; they come after
/// those of steps_between(), by the slots of `to`.
std::vector<step> index_steps_between(const catalog& from, const catalog& to);

}  // namespace guanxi::schema

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/schema/step-inl.hpp"
#endif
