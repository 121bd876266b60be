// The parts of the standard CRM's effects.
#pragma once

#include "guanxi/work/effect.hpp"

#include <vector>

namespace guanxi::crm {

std::vector<work::effect> stage_effects();
std::vector<work::effect> lead_effects();
std::vector<work::effect> activity_effects();
std::vector<work::effect> rate_effects();
std::vector<work::effect> sharing_effects();
std::vector<work::effect> access_effects();

}  // namespace guanxi::crm
