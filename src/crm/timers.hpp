// The parts of the standard CRM's timers.
#pragma once

#include "guanxi/work/timer.hpp"

#include <vector>

namespace guanxi::crm {

std::vector<work::timer> activity_timers();

}  // namespace guanxi::crm
