// A report as one HTML page: charts, and behind each the table of its figures.
//
//   page_options how{.language = language::chinese, .chart_library = text_of_echarts_min_js};
//   write_file("report.html", report_page(s, definition_json, how).value());
//
// The page is complete in itself: a browser that opens it asks no network for anything, and its
// content security policy forbids it to. Every figure is what a query answered as the acting user.
// A text from a record is text in the page, whatever signs it has.
#pragma once

#include "guanxi/edge/report.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi::edge {

/// What the page looks like until its reader chooses.
enum class page_theme : std::uint8_t { system = 0, light = 1, dark = 2 };

struct page_options {
  edge::language language = edge::language::english;
  page_theme theme = page_theme::system;
  /// Script text of Apache ECharts 5 or 6, echarts.min.js as it is published; it is copied into the
  /// page. Empty: the page shows its tables and says that it has no charts.
  std::string_view chart_library = {};
  std::string title = {};  ///< empty: the definition's
};

/// The page, in UTF-8. It names the acting user, and the time by the session's clock.
/// Errors: as for run_report, and errc::invalid_text or errc::invalid_argument for a library whose
/// text cannot stand in a page.
result<std::string> report_page(const session& as, std::string_view definition_json,
                                const page_options& options = {},
                                const std::vector<expr::parameter_value>& parameters = {});

}  // namespace guanxi::edge
