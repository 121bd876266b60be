#include "guanxi/edge/report_page.hpp"

#include "edge/html.hpp"
#include "edge/report/page_parts.hpp"
#include "edge/report/sha256.hpp"
#include "edge/report/wording.hpp"
#include "guanxi/base/config.hpp"

#include <algorithm>
#include <cctype>

namespace guanxi::edge {

namespace {

using report::answer;
using report::answers;
using report::either;
using kind = report::chart::kind;
using shape = report::section::shape;

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped_html(out, text);
  return out;
}

std::string in_script(std::string_view text) {
  std::string out;
  append_script_text(out, text);
  return out;
}

/// Line ends as a browser reads them, for the hash is of what it reads.
std::string with_plain_line_ends(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') out += text[i];
    else if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
  }
  return out;
}

bool contains_in_any_case(std::string_view text, std::string_view lower) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
  };
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(), same) != text.end();
}

/// The library goes into the page as it is, so it must not end its element.
result<void> check_library(std::string_view text) {
  const std::string what = "the report's page was not written: the chart library ";
  if (utf8_fault(text) || text.find('\0') != std::string_view::npos)
    return unexpected(errc::invalid_text, what + "is no UTF-8 text; give that of echarts.min.js");
  for (std::string_view mark : {"</script", "<script", "<!--"})
    if (contains_in_any_case(text, mark))
      return unexpected(errc::invalid_argument,
                        what + "contains `" + std::string(mark) +
                            "`, which cannot stand in a script element; give echarts.min.js as "
                            "it is published");
  return {};
}

/// Who sees this, as people call them.
std::string reader_of(const session& as, language l) {
  const policy::principal& who = as.who();
  if (who.system) return std::string(either(l, "the system", "系统"));
  const auto found = as.query("select name from user where login = :login",
                              {{.name = "login", .content = value(who.login)}});
  if (!found || found->size() != 1 || found->at(0, 0).is_null()) return who.login;
  const std::string name = found->at(0, 0).to_string();
  return l == language::chinese ? name + "（" + who.login + "）" : name + " (" + who.login + ")";
}

bool has_rows(const answer& a) { return !a.table.empty(); }

bool is_drawn(const answer& a) {
  return a.about.drawing && a.about.drawing->drawn != kind::figures;
}

class page {
 public:
  page(const session& as, const answers& in, const page_options& options)
      : as_(as), in_(in), options_(options), language_(options.language) {}

  std::string write() {
    const std::string library = with_plain_line_ends(options_.chart_library);
    const std::string figures = body();
    std::string out = head(library);
    out += figures;
    out += "<script type=\"application/json\" id=\"figures\">" + charts_json() + "</script>\n";
    if (!library.empty()) {
      out += "<script>" + library + "</script>\n";
      out.append("<script>").append(report::page_script()).append("</script>\n");
    }
    return out + "</body>\n</html>\n";
  }

 private:
  std::string_view say(std::string_view en, std::string_view zh) const {
    return either(language_, en, zh);
  }
  std::string title() const {
    if (!options_.title.empty()) return options_.title;
    if (!in_.declared.title.empty()) return in_.declared.title.in(language_);
    return std::string(say("Report", "报表"));
  }
  std::string title_of(const answer& a) const {
    return a.about.title.empty() ? a.about.key : a.about.title.in(language_);
  }

  std::string head(const std::string& library) const {
    std::string scripts = " 'none'";
    if (!library.empty()) {
      scripts.clear();
      for (const std::string_view script : {std::string_view(library), report::page_script()})
        scripts += " 'sha256-" + report::base64(report::sha256(script)) + "'";
    }
    constexpr const char* themes[] = {"system", "light", "dark"};
    const std::string theme = themes[static_cast<std::size_t>(options_.theme)];
    return "<!doctype html>\n<html lang=\"" + std::string(say("en", "zh-Hans")) +
           "\" data-theme=\"" + theme +
           "\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
           "script-src" + scripts + "; style-src 'unsafe-inline'; base-uri 'none'; "
           "form-action 'none'\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta name=\"referrer\" content=\"no-referrer\">\n"
           "<title>" + escaped(title()) + "</title>\n<style>" + report::page_style() +
           "</style>\n</head>\n<body>\n";
  }

  std::string body() {
    std::string out = "<header>\n<div>\n<h1>" + escaped(title()) + "</h1>\n" + about() +
                      "</div>\n" + theme_switch() + "</header>\n<main>\n";
    for (const answer& a : in_.sections) append_tiles(out, a);
    std::string charts;
    for (const answer& a : in_.sections) append_charts(charts, a);
    if (!charts.empty()) out += "<div class=\"charts\">\n" + charts + "</div>\n";
    std::string more;
    for (const answer& a : in_.sections) append_rest(more, a);
    if (!more.empty())
      out.append("<section class=\"card more\">\n<h2>")
          .append(say("Further figures", "其他数据"))
          .append("</h2>\n" + more + "</section>\n");
    return out + "</main>\n<footer>Guanxi " GUANXI_VERSION_STRING "</footer>\n";
  }

  std::string about() const {
    const std::string reader = reader_of(as_, language_);
    std::string out = "<p class=\"about\"><span>";
    out += language_ == language::chinese ? escaped(reader) + "所见"
                                          : "As seen by " + escaped(reader);
    out += "</span><span>" + report::shown_moment(as_.world().clock->now(), language_) +
           "</span><span>" + std::string(say("Amounts in ", "金额单位：")) +
           escaped(in_.currency) + "</span></p>\n";
    if (options_.chart_library.empty())
      out.append("<p class=\"about\">")
          .append(say("Without a chart library this page has the tables alone.",
                      "未提供图表库，本页仅含表格。"))
          .append("</p>\n");
    else
      out.append("<noscript><p class=\"about\">")
          .append(say("The charts need scripts; the tables do not.",
                      "图表需要启用脚本，表格则不需要。"))
          .append("</p></noscript>\n");
    return out;
  }

  std::string theme_switch() const {
    if (options_.chart_library.empty()) return {};
    std::string out = "<fieldset class=\"theme\" hidden>\n<legend>" +
                      std::string(say("Appearance", "外观")) + "</legend>\n";
    struct choice {
      const char* word;
      page_theme theme;
      std::string_view text;
    };
    for (const choice& c : {choice{"system", page_theme::system, say("System", "跟随系统")},
                            choice{"light", page_theme::light, say("Light", "浅色")},
                            choice{"dark", page_theme::dark, say("Dark", "深色")}})
      out += std::string("<label><input type=\"radio\" name=\"theme\" value=\"") + c.word + "\"" +
             (c.theme == options_.theme ? " checked" : "") + "><span>" + std::string(c.text) +
             "</span></label>\n";
    return out + "</fieldset>\n";
  }

  // --- sections

  void append_tiles(std::string& out, const answer& a) const {
    for (const answer& part : a.parts) append_tiles(out, part);
    if (!a.about.drawing || is_drawn(a)) return;
    out += "<section class=\"card figures\">\n<h2>" + escaped(title_of(a)) + "</h2>\n" +
           note_of(a) + "<dl>\n";
    for (std::size_t c = 0; c < a.table.columns().size(); ++c) {
      const query::column_info& column = a.table.columns()[c];
      const value v = a.table.at(0, c);
      const bool amount = report::unit_of(in_.declared, column) == report::unit::money;
      out += "<div><dt>" + escaped(report::name_of(in_.declared, column, language_)) +
             "</dt><dd>" +
             escaped(amount ? report::shown_amount(v, in_.currency, language_)
                            : report::shown(v, in_.declared, column, language_)) +
             "</dd></div>\n";
    }
    out += "</dl>\n</section>\n";
  }

  void append_charts(std::string& out, const answer& a) {
    for (const answer& part : a.parts) append_charts(out, part);
    if (!is_drawn(a)) return;
    out += "<figure class=\"card\">\n<figcaption>\n<h2>" + escaped(title_of(a)) + "</h2>\n" +
           note_of(a) + "</figcaption>\n";
    if (!has_rows(a)) {
      out.append("<p class=\"empty\">").append(say("No figures.", "暂无数据。"));
      out += "</p>\n</figure>\n";
      return;
    }
    const bool with_chart = !options_.chart_library.empty();
    if (with_chart) {
      const std::string id = "chart-" + std::to_string(charts_.size() + 1);
      const std::string label =
          std::string(say("Chart: ", "图表：")) + title_of(a) +
          std::string(say(". Its figures are in the table below.", "。数据见下表。"));
      out += "<div class=\"chart\" id=\"" + id + "\" style=\"height: " +
             std::to_string(height_of(a)) + "px\" role=\"img\" aria-label=\"" + escaped(label) +
             "\"></div>\n";
      charts_.push_back(chart_json(a, id));
    }
    out += std::string("<details") + (with_chart ? "" : " open") + "><summary>" +
           std::string(say("Figures", "数据表")) + "</summary>\n" + table(a) +
           "</details>\n</figure>\n";
  }

  void append_rest(std::string& out, const answer& a) const {
    if (!a.about.query.empty() && a.about.drawing) return;
    const std::string inner = a.about.query.empty() ? parts_of(a) : note_of(a) + table(a);
    if (inner.empty()) return;
    out += "<details><summary>" + escaped(title_of(a)) + "</summary>\n" + inner + "</details>\n";
  }

  std::string parts_of(const answer& a) const {
    std::string out;
    for (const answer& part : a.parts) {
      const bool group = part.about.query.empty();
      if (!group && part.about.drawing) continue;
      const std::string inner = group ? parts_of(part) : table(part);
      if (!inner.empty()) out += "<h3>" + escaped(title_of(part)) + "</h3>\n" + inner;
    }
    return out;
  }

  std::string note_of(const answer& a) const {
    if (!a.about.drawing || a.about.drawing->note.empty()) return {};
    return "<p class=\"note\">" +
           escaped(report::filled(a.about.drawing->note.in(language_), in_, language_)) + "</p>\n";
  }

  static std::size_t height_of(const answer& a) {
    const kind drawn = a.about.drawing->drawn;
    if (drawn != kind::bar) return 300;
    const bool upright = a.about.form == shape::row;
    const std::size_t rows = upright ? a.table.columns().size() : a.table.size();
    const std::size_t series = upright ? 1 : a.about.drawing->values.size();
    const std::size_t needed = rows * (series <= 1 ? 29 : 22 * series) + 44;
    return std::clamp<std::size_t>(needed, 240, 4000);
  }

  // --- tables

  std::string table(const answer& a) const {
    const std::string name = escaped(title_of(a));
    if (!has_rows(a))
      return "<p class=\"empty\">" + std::string(say("No figures.", "暂无数据。")) + "</p>\n";
    std::string out = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" + name +
                      "\">\n<table>\n<caption>" + name + "</caption>\n";
    if (a.about.form == shape::row || a.about.form == shape::value) append_upright(out, a);
    else append_rows(out, a);
    return out + "</table>\n</div>\n";
  }

  void append_upright(std::string& out, const answer& a) const {
    out += "<tbody>\n";
    for (std::size_t c = 0; c < a.table.columns().size(); ++c) {
      const query::column_info& column = a.table.columns()[c];
      out += "<tr><th scope=\"row\">" + escaped(report::head_of(in_, column, language_)) +
             "</th><td class=\"number\">" +
             escaped(report::shown(a.table.at(0, c), in_.declared, column, language_)) +
             "</td></tr>\n";
    }
    out += "</tbody>\n";
  }

  void append_rows(std::string& out, const answer& a) const {
    out += "<thead><tr>";
    for (const query::column_info& column : a.table.columns())
      out += std::string("<th scope=\"col\"") +
             (report::stands_right(column) ? " class=\"number\">" : ">") +
             escaped(report::head_of(in_, column, language_)) + "</th>";
    out += "</tr></thead>\n<tbody>\n";
    for (std::size_t r = 0; r < a.table.size(); ++r) {
      out += "<tr><th scope=\"row\">" + escaped(report::row_name(in_, a, r, language_)) + "</th>";
      for (std::size_t c = 1; c < a.table.columns().size(); ++c) {
        const query::column_info& column = a.table.columns()[c];
        out += report::stands_right(column) ? "<td class=\"number\">" : "<td>";
        out += escaped(report::shown(a.table.at(r, c), in_.declared, column, language_)) + "</td>";
      }
      out += "</tr>\n";
    }
    out += "</tbody>\n";
  }

  // --- figures for the script

  std::string charts_json() const {
    std::string out = "{\"locale\": " + in_script(say("en", "zh-CN")) +
                      ", \"charts_in\": " + in_script(say("EN", "ZH")) +
                      ", \"currency\": " + in_script(in_.currency) + ", \"failed\": " +
                      in_script(say("This chart could not be drawn; its figures are in the table.",
                                    "图表无法绘制，数据见下表。")) +
                      ", \"charts\": [";
    for (std::size_t i = 0; i < charts_.size(); ++i) out += (i > 0 ? ",\n" : "\n") + charts_[i];
    return out + "]}";
  }

  /// The number as its digits stand, which JSON and JavaScript read alike.
  static std::string number_of(const value& v) { return v.is_number() ? v.to_string() : "null"; }

  std::string series_json(const std::string& name, report::unit counted, bool line,
                          const std::vector<value>& values) const {
    constexpr const char* units[] = {"number", "money", "percent", "days"};
    std::string out = "{\"name\": " + in_script(name) + ", \"unit\": \"" +
                      units[static_cast<std::size_t>(counted)] + "\", \"line\": " +
                      (line ? "true" : "false") + ", \"values\": [";
    for (std::size_t i = 0; i < values.size(); ++i)
      out += (i > 0 ? ", " : "") + number_of(values[i]);
    return out + "]}";
  }

  std::string chart_json(const answer& a, const std::string& id) const {
    constexpr const char* kinds[] = {"figures", "column", "bar", "line", "funnel"};
    const bool upright = a.about.form == shape::row || a.about.form == shape::value;
    std::vector<std::string> categories;
    std::string series = upright ? row_series(a, categories) : column_series(a, categories);
    std::string out = "{\"id\": " + in_script(id) + ", \"kind\": \"" +
                      kinds[static_cast<std::size_t>(a.about.drawing->drawn)] +
                      "\", \"categories\": [";
    for (std::size_t i = 0; i < categories.size(); ++i)
      out += (i > 0 ? ", " : "") + in_script(categories[i]);
    return out + "], \"series\": [" + series + "]}";
  }

  std::string row_series(const answer& a, std::vector<std::string>& categories) const {
    std::vector<value> values;
    report::unit counted = report::unit::number;
    for (const std::string& name : a.about.drawing->values) {
      const auto c = static_cast<std::size_t>(a.table.column(name));
      const query::column_info& column = a.table.columns()[c];
      categories.push_back(report::name_of(in_.declared, column, language_));
      values.push_back(a.table.at(0, c));
      counted = report::unit_of(in_.declared, column);
    }
    return series_json(title_of(a), counted, false, values);
  }

  std::string column_series(const answer& a, std::vector<std::string>& categories) const {
    for (std::size_t r = 0; r < a.table.size(); ++r)
      categories.push_back(report::row_name(in_, a, r, language_));
    std::vector<std::pair<std::size_t, bool>> drawn;
    for (const std::string& name : a.about.drawing->values)
      drawn.emplace_back(static_cast<std::size_t>(a.table.column(name)), false);
    for (const std::string& name : a.about.drawing->line)
      drawn.emplace_back(static_cast<std::size_t>(a.table.column(name)), true);
    std::string out;
    for (const auto& [c, line] : drawn) {
      const query::column_info& column = a.table.columns()[c];
      std::vector<value> values;
      for (std::size_t r = 0; r < a.table.size(); ++r) values.push_back(a.table.at(r, c));
      out += (out.empty() ? "" : ", ") +
             series_json(report::name_of(in_.declared, column, language_),
                         report::unit_of(in_.declared, column), line, values);
    }
    return out;
  }

  const session& as_;
  const answers& in_;
  const page_options& options_;
  const language language_;
  std::vector<std::string> charts_;  ///< as JSON
};

}  // namespace

result<std::string> report_page(const session& as, std::string_view definition_json,
                                const page_options& options,
                                const std::vector<expr::parameter_value>& parameters) {
  if (auto ok = check_library(options.chart_library); !ok) return passed(ok);
  if (options.theme > page_theme::dark || options.language > language::chinese)
    return unexpected(errc::invalid_argument,
                      "the report's page was not written: no such language or theme");
  if (utf8_fault(options.title))
    return unexpected(errc::invalid_text,
                      "the report's page was not written: its title is not UTF-8");
  const auto ran = report::run(as, definition_json, parameters);
  if (!ran) return unexpected(ran.error());
  return page(as, *ran, options).write();
}

}  // namespace guanxi::edge
