// The parts of a report's page that are the same for every report.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace guanxi::edge::report {

/// Content of the page's style element.
std::string page_style();

/// Content of the page's own script element. It reads the figures from the element `figures`, draws
/// each chart into its element with the global `echarts`, and serves the switch of appearance and
/// the printer. A chart that cannot be drawn says so in its place and on the console.
std::string_view page_script();

}  // namespace guanxi::edge::report
