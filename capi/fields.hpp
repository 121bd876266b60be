// Fields as a user sees them: what is hidden is refused in the words of what does not exist.
#pragma once

#include "arguments.hpp"

namespace guanxi::capi {

/// An entity and the fields of it that exist for a session's user, a bit per slot.
struct sight {
  schema::catalog_ptr catalog;
  const schema::entity* entity = nullptr;
  std::shared_ptr<const std::vector<bool>> visible;
};

/// Throws errc::unknown_name for an entity that is not there or that may not be read.
sight sight_of(const guanxi::session& s, std::string_view entity);

/// The field, or errc::unknown_name. `visible` NULL: all are.
const schema::field& field_named(const schema::entity& of, const std::vector<bool>* visible,
                                 std::string_view name);
const schema::field& field_at(const schema::entity& of, const std::vector<bool>* visible,
                              std::int32_t slot);

/// What a field is, with its texts borrowed from it.
guanxi_field_info field_info_of(const schema::field& f) noexcept;

}  // namespace guanxi::capi
