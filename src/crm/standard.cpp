#include "guanxi/crm/standard.hpp"

namespace guanxi::crm {

std::span<const schema::entity_row* const> rows() {
  // New entities are appended: an entity's number is its place here, and stores keep it.
  static constexpr const schema::entity_row* all[] = {
      &role::entity,          &user::entity,       &permission_set::entity,
      &permission_assignment::entity, &entity_right::entity, &field_right::entity,
      &sharing_default::entity, &account::entity,  &contact::entity,
      &lead::entity,          &pipeline::entity,   &stage::entity,
      &product::entity,       &opportunity::entity, &stage_visit::entity,
      &ticket::entity,        &activity::entity,   &setting::entity,
      &exchange_rate::entity, &user_group::entity, &group_member::entity,
      &sharing_rule::entity,  &restriction_rule::entity, &record_share::entity,
      &team_member::entity,   &conversion_mapping::entity,
      &quota::entity,         &forecast_adjustment::entity, &forecast_snapshot::entity,
      &notification::entity,  &assignment_rule::entity, &assignment_capacity::entity,
      &user_absence::entity,  &ownership::entity,
      &implied_access::entity, &queue::entity,
      &queue_member::entity,  &territory::entity,  &territory_member::entity,
  };
  return all;
}

std::vector<schema::entity_definition> definitions() {
  std::vector<schema::entity_definition> out;
  for (const schema::entity_row* row : rows()) out.push_back(schema::define(*row));
  return out;
}

}  // namespace guanxi::crm
