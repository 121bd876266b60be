#include "edge/cell.hpp"
#include "edge/report/wording.hpp"
#include "guanxi/base/text_services.hpp"

#include <algorithm>
#include <iterator>

namespace guanxi::edge {

namespace {

using report::answer;
using report::answers;
using shape = report::section::shape;

constexpr std::size_t indent = 2, gap = 2, shortest_text = 6, shortest_bar = 4, longest_bar = 24;

/// A table before it is laid out.
struct text_table {
  std::vector<std::string> heads;
  std::vector<bool> right;
  std::vector<std::vector<std::string>> lines;
  std::vector<double> shares;  ///< per line, 0 to 1 of the longest bar; empty: no bars
};

double as_double(const value& v) {
  if (!v.is_number()) return 0;
  const decimal x = v.number();
  return static_cast<double>(x.coefficient) / static_cast<double>(power_of_ten(x.scale));
}

/// Parts of the largest value; nothing to draw where none is positive.
std::vector<double> shares_of(const std::vector<value>& values) {
  std::vector<double> out;
  std::transform(values.begin(), values.end(), std::back_inserter(out), as_double);
  const double largest = out.empty() ? 0 : *std::max_element(out.begin(), out.end());
  if (largest <= 0) return {};
  for (double& x : out) x = std::max(x, 0.0) / largest;
  return out;
}

bool draws(const answer& a, const std::string& column) {
  const std::vector<std::string>& names = a.about.drawing->values;
  return std::find(names.begin(), names.end(), column) != names.end();
}

/// A row's figures below each other, for there may be many.
text_table upright_table(const answers& in, const answer& a, language l) {
  text_table out{.heads = {}, .right = {false, true}, .lines = {}, .shares = {}};
  const bool bars = a.about.drawing && a.about.drawing->drawn != report::chart::kind::figures;
  std::vector<value> drawn;
  for (std::size_t c = 0; c < a.table.columns().size(); ++c) {
    const query::column_info& column = a.table.columns()[c];
    out.lines.push_back({report::head_of(in, column, l),
                         report::shown(a.table.at(0, c), in.declared, column, l)});
    drawn.push_back(bars && draws(a, column.name) ? a.table.at(0, c) : value());
  }
  if (bars) out.shares = shares_of(drawn);
  return out;
}

text_table table_of(const answers& in, const answer& a, language l) {
  if (a.about.form == shape::row || a.about.form == shape::value) return upright_table(in, a, l);
  text_table out;
  for (const query::column_info& column : a.table.columns()) {
    out.heads.push_back(report::head_of(in, column, l));
    out.right.push_back(report::stands_right(column));
  }
  for (std::size_t r = 0; r < a.table.size(); ++r) {
    std::vector<std::string>& line = out.lines.emplace_back();
    line.push_back(report::row_name(in, a, r, l));
    for (std::size_t c = 1; c < a.table.columns().size(); ++c)
      line.push_back(report::shown(a.table.at(r, c), in.declared, a.table.columns()[c], l));
  }
  if (!a.about.drawing) return out;
  const auto drawn = static_cast<std::size_t>(a.table.column(a.about.drawing->values.front()));
  std::vector<value> values;
  for (std::size_t r = 0; r < a.table.size(); ++r) values.push_back(a.table.at(r, drawn));
  out.shares = shares_of(values);
  return out;
}

class printer {
 public:
  printer(const answers& in, const report_text_options& options) : in_(in), options_(options) {}

  std::string print() {
    for (const answer& a : in_.sections) append(a, 0);
    return std::move(out_);
  }

 private:
  void append(const answer& a, std::size_t level) {
    const std::string& title = a.about.title.empty() ? a.about.key
                                                     : a.about.title.in(options_.language);
    out_ += out_.empty() ? "" : "\n";
    out_ += std::string(level * indent, ' ');
    out_ += options_.ascii ? (level == 0 ? "# " : "- ") : (level == 0 ? "■ " : "· ");
    const std::size_t most = options_.width - std::min(options_.width - 8, level * indent + indent);
    append_coloured("1", shown_text(title, most).text);
    out_ += '\n';
    if (a.about.query.empty()) {
      for (const answer& part : a.parts) append(part, level + 1);
      return;
    }
    if (a.about.drawing && !a.about.drawing->note.empty()) append_note(a.about.drawing->note);
    append_table(table_of(in_, a, options_.language));
  }

  void append_note(const report::words& note) {
    const std::string text = report::filled(note.in(options_.language), in_, options_.language);
    out_ += "  " + shown_text(text, options_.width - indent).text + "\n";
  }

  void append_table(const text_table& t) {
    if (t.lines.empty()) {
      out_ += std::string("  ") + (options_.ascii ? "-" : "–") + "\n";
      return;
    }
    const std::vector<std::size_t> widths = fit(t);
    std::size_t taken = indent;
    for (std::size_t w : widths) taken += w + gap;
    std::size_t bar = t.shares.empty() || taken >= options_.width ? 0 : options_.width - taken;
    bar = bar < shortest_bar ? 0 : std::min(bar, longest_bar);
    if (!t.heads.empty()) {
      append_line(t, t.heads, widths, false);
      out_ += '\n';
      append_rule(widths);
    }
    for (std::size_t i = 0; i < t.lines.size(); ++i) {
      append_line(t, t.lines[i], widths, bar > 0);
      if (bar > 0) append_bar(t.shares[i], bar);
      out_ += '\n';
    }
  }

  /// Widths of the columns: what they need, and where that is too much, less for the longest texts.
  std::vector<std::size_t> fit(const text_table& t) const {
    std::vector<std::size_t> out(t.right.size(), 0);
    std::size_t total = indent;
    for (std::size_t c = 0; c < out.size(); ++c) {
      if (!t.heads.empty()) out[c] = display_width(t.heads[c]);
      for (const auto& line : t.lines) out[c] = std::max(out[c], display_width(line[c]));
      total += out[c] + (c > 0 ? gap : 0);
    }
    while (total > options_.width) {
      std::size_t* longest = nullptr;
      for (std::size_t c = 0; c < out.size(); ++c)
        if (!t.right[c] && out[c] > shortest_text && (!longest || out[c] > *longest))
          longest = &out[c];
      if (!longest) break;
      --*longest, --total;
    }
    return out;
  }

  void append_line(const text_table& t, const std::vector<std::string>& cells,
                   const std::vector<std::size_t>& widths, bool more) {
    out_ += std::string(indent, ' ');
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (c > 0) out_ += std::string(gap, ' ');
      const std::size_t most = std::max<std::size_t>(widths[c], 1);
      append_cell(out_, shown_text(plain(cells[c]), most), widths[c], t.right[c],
                  c + 1 == cells.size() && !more);
    }
    if (more) out_ += std::string(gap, ' ');
  }

  std::string_view plain(const std::string& text) const {
    return options_.ascii && text == "–" ? std::string_view("-") : std::string_view(text);
  }

  void append_rule(const std::vector<std::size_t>& widths) {
    out_ += std::string(indent, ' ');
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (c > 0) out_ += std::string(gap, ' ');
      for (std::size_t i = 0; i < widths[c]; ++i) out_ += options_.ascii ? "-" : "─";
    }
    out_ += '\n';
  }

  void append_bar(double share, std::size_t most) {
    static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    auto parts = static_cast<std::size_t>(share * static_cast<double>(most) * 8 + 0.5);
    if (share > 0) parts = std::max<std::size_t>(parts, 1);
    std::string bar;
    if (options_.ascii) bar.assign((parts + 7) / 8, '#');
    else {
      for (std::size_t i = 0; i < parts / 8; ++i) bar += "█";
      bar += eighths[parts % 8];
    }
    append_coloured("36", bar);
  }

  void append_coloured(const char* code, const std::string& text) {
    if (options_.colour && !text.empty()) out_ += std::string("\x1b[") + code + "m";
    out_ += text;
    if (options_.colour && !text.empty()) out_ += "\x1b[0m";
  }

  const answers& in_;
  const report_text_options& options_;
  std::string out_;
};

}  // namespace

result<std::string> report_text(const session& as, std::string_view definition_json,
                                const report_text_options& options,
                                const std::vector<expr::parameter_value>& parameters) {
  if (options.width < 40 || options.width > 1000)
    return unexpected(errc::invalid_argument,
                      "the report was not written: a width of " + std::to_string(options.width) +
                          " columns is not within 40 to 1,000");
  const auto ran = report::run(as, definition_json, parameters);
  if (!ran) return unexpected(ran.error());
  return printer(*ran, options).print();
}

}  // namespace guanxi::edge
