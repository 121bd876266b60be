#include "timers.hpp"

#include "guanxi/crm/standard.hpp"

namespace guanxi::crm {

std::vector<work::timer> timers() { return activity_timers(); }

}  // namespace guanxi::crm
