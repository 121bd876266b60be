#include "effects.hpp"

#include "guanxi/crm/standard.hpp"

#include <utility>

namespace guanxi::crm {

std::vector<work::effect> effects() {
  std::vector<work::effect> out = stage_effects();
  for (work::effect& e : rate_effects()) out.push_back(std::move(e));
  for (work::effect& e : sharing_effects()) out.push_back(std::move(e));
  for (work::effect& e : access_effects()) out.push_back(std::move(e));
  return out;
}

}  // namespace guanxi::crm
