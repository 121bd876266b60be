#include "actions.hpp"

#include "guanxi/crm/standard.hpp"

#include <utility>

namespace guanxi::crm {

std::vector<work::action> actions() {
  std::vector<work::action> out = lead_actions();
  for (auto more : {timeline_actions, forecast_actions, assignment_actions, capture_actions})
    for (work::action& a : more()) out.push_back(std::move(a));
  return out;
}

}  // namespace guanxi::crm
