#include "state.hpp"

namespace guanxi {

result<std::shared_ptr<const std::vector<bool>>> session::visible(std::string_view entity) const {
  result<const policy::grants*> mine = state_->rights();
  if (!mine) return passed(mine);
  const schema::entity* of = (*mine)->catalog()->find(entity);
  if (!of || (!(*mine)->of(*of).may_read && !(*mine)->of(*of).may_create))
    return unexpected(query::unknown_entity(entity, **mine));
  return (*mine)->of(*of).visible;
}

}  // namespace guanxi
