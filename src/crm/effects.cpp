#include "effects.hpp"

#include "guanxi/crm/standard.hpp"

#include <utility>

namespace guanxi::crm {

std::vector<work::effect> effects() {
  std::vector<work::effect> out = stage_effects();
  for (auto more : {lead_effects, activity_effects, rate_effects, sharing_effects, access_effects})
    for (work::effect& e : more()) out.push_back(std::move(e));
  return out;
}

}  // namespace guanxi::crm
