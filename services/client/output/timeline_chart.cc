#include "services/client/output/timeline_chart.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/client/output/format.h"
#include "services/client/output/timeline_page.h"
#include "services/runtime/resource/columns.h"

namespace comity::client {
namespace {

constexpr double kWidth = 960;
constexpr double kLeft = 110;  // of the lanes: what is left of it names them
constexpr double kLane = 26;
constexpr double kTop = 8;
// Dark enough for white text; told apart also by their titles and in print by their labels.
constexpr const char* kColours[] = {"#1f5a92", "#8c4a00", "#2e6b34",
                                    "#6b3a7d", "#7a2333", "#3f5d62"};

class Chart {
 public:
  Chart(const gateway::v1::Timeline& timeline, const TimelineWords& words)
      : timeline_(timeline), words_(words), end_(resource::ToTime(timeline.read_time())) {
    begin_ = end_;
    for (const auto& stretch : timeline.stretches()) Note(stretch.subject(), stretch.start_time());
    for (const auto& gap : timeline.gaps()) Note(gap.subject(), gap.start_time());
    for (const auto& disagreement : timeline.disagreements()) {
      Note(disagreement.subject(), disagreement.start_time());
    }
    for (const auto& dispute : timeline.disputes()) Note(dispute.subject(), dispute.start_time());
    for (const auto& stretch : timeline.stretches()) {
      colours_.emplace(stretch.department(), kColours[colours_.size() % std::size(kColours)]);
    }
  }

  std::string Render() const {
    if (lanes_.empty()) return "";
    const double height = kTop + kLane * static_cast<double>(lanes_.size()) + 24;
    std::string svg = absl::StrFormat(
        "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"Who was responsible when\">\n",
        kWidth, height);
    for (size_t i = 0; i < lanes_.size(); ++i) {
      absl::StrAppendFormat(&svg, "<text x=\"0\" y=\"%.1f\">%s</text>\n", Top(i) + 14,
                            HtmlText(words_.ShortOf(lanes_[i])));
    }
    absl::StrAppend(&svg, Stretches(), Gaps(), Disagreements(), Disputes(), Axis(height));
    return absl::StrCat("<h2>Lanes</h2>\n", svg,
                        "</svg>\n<p class=\"missing\">Bars: the department "
                        "that was responsible. Outlined: nobody was at work on it. Underlined: "
                        "departments did not agree; twice, with dots, they disputed it.</p>\n");
  }

 private:
  void Note(const std::string& subject, const google::protobuf::Timestamp& start) {
    begin_ = std::min(begin_, resource::ToTime(start));
    if (std::find(lanes_.begin(), lanes_.end(), subject) == lanes_.end()) {
      lanes_.push_back(subject);
    }
  }

  double Top(size_t lane) const { return kTop + kLane * static_cast<double>(lane); }
  double TopOf(const std::string& subject) const {
    const auto found = std::find(lanes_.begin(), lanes_.end(), subject);
    return Top(static_cast<size_t>(found - lanes_.begin()));
  }
  double At(absl::Time time) const {
    const absl::Duration whole = std::max(end_ - begin_, absl::Seconds(1));
    const double share = absl::FDivDuration(time - begin_, whole);
    return kLeft + (kWidth - kLeft) * std::clamp(share, 0.0, 1.0);
  }

  // A box of a span in its lane, from `above` px below the lane's top, with a title.
  template <typename Span>
  std::string Box(const Span& span, double above, double height, const std::string& paint,
                  const std::string& title) const {
    const double from = At(resource::ToTime(span.start_time()));
    const double until = span.has_end_time() ? At(resource::ToTime(span.end_time())) : kWidth;
    return absl::StrFormat(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" %s><title>%s</title></rect>\n",
        from, TopOf(span.subject()) + above, std::max(until - from, 1.0), height, paint,
        HtmlText(absl::StrCat(title, ", ", FormatTime(span.start_time()), " – ",
                              UntilText(span.has_end_time(), span.end_time()))));
  }

  std::string Stretches() const {
    std::string svg;
    for (const auto& stretch : timeline_.stretches()) {
      const std::string department = ShortName(stretch.department());
      absl::StrAppend(
          &svg, Box(stretch, 2, 16,
                    absl::StrCat("fill=\"", colours_.at(stretch.department()), "\""), department));
      const double from = At(resource::ToTime(stretch.start_time()));
      const double until =
          stretch.has_end_time() ? At(resource::ToTime(stretch.end_time())) : kWidth;
      if (until - from < 7.0 * static_cast<double>(department.size())) continue;
      absl::StrAppendFormat(&svg, "<text x=\"%.1f\" y=\"%.1f\" fill=\"#fff\">%s</text>\n", from + 4,
                            TopOf(stretch.subject()) + 14, HtmlText(department));
    }
    return svg;
  }

  std::string Gaps() const {
    std::string svg;
    for (const auto& gap : timeline_.gaps()) {
      absl::StrAppend(&svg, Box(gap, 1, 18,
                                "fill=\"none\" stroke=\"#c02020\" stroke-width=\"1.5\" "
                                "stroke-dasharray=\"4 3\"",
                                GapText(gap)));
    }
    return svg;
  }

  std::string Disagreements() const {
    std::string svg;
    for (const auto& disagreement : timeline_.disagreements()) {
      absl::StrAppend(&svg, Box(disagreement, 20, 3, "fill=\"#d98200\"",
                                absl::StrCat("disagreement: ", disagreement.question())));
    }
    return svg;
  }

  std::string Disputes() const {
    std::string svg;
    for (const auto& dispute : timeline_.disputes()) {
      absl::StrAppend(
          &svg, Box(dispute, 23.5, 2, "fill=\"none\" stroke=\"#a01060\" stroke-dasharray=\"1 2\"",
                    absl::StrCat("dispute: ", DisputeText(dispute))));
    }
    return svg;
  }

  std::string Axis(double height) const {
    return absl::StrFormat(
        "<text x=\"%.1f\" y=\"%.1f\">%s</text>\n"
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
        kLeft, height - 4, HtmlText(FormatTime(resource::FromTime(begin_))), kWidth, height - 4,
        HtmlText(FormatTime(resource::FromTime(end_))));
  }

  const gateway::v1::Timeline& timeline_;
  const TimelineWords& words_;
  absl::Time begin_;
  const absl::Time end_;
  std::vector<std::string> lanes_;  // subjects
  std::map<std::string, const char*> colours_;
};

}  // namespace

std::string TimelineChart(const gateway::v1::Timeline& timeline, const TimelineWords& words) {
  return Chart(timeline, words).Render();
}

}  // namespace comity::client
