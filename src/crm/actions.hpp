// The parts of the standard CRM's actions.
#pragma once

#include "guanxi/work/action.hpp"

#include <vector>

namespace guanxi::crm {

std::vector<work::action> lead_actions();
std::vector<work::action> timeline_actions();
std::vector<work::action> forecast_actions();
std::vector<work::action> assignment_actions();
std::vector<work::action> capture_actions();

}  // namespace guanxi::crm
