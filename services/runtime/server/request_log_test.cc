#include "services/runtime/server/request_log.h"

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/runtime/server/trace.h"

namespace comity::server {
namespace {

TEST(RequestLogTest, OneSoundLineWhateverTheTextsHold) {
  RequestLine line;
  line.time = absl::FromUnixMicros(1700000000123456);
  line.method = "comity.lead.v1.LeadService/GetLead";
  line.code = absl::StatusCode::kPermissionDenied;
  line.duration = absl::Microseconds(1500);
  for (const std::string& bad :
       {std::string("\"},{\"x\":\""), std::string("a\nb\r\n"), std::string("\x1b[2J"),
        std::string("\xff\xfe"), std::string("a\0b", 3), std::string("\\"),
        std::string("\xe2\x80\xa8")}) {
    line.person = line.workload = line.reason = line.detail = bad;
    const std::string text = FormatLine(line);
    EXPECT_EQ(text.find('\n'), std::string::npos);
    for (char c : text) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
    const auto json = nlohmann::json::parse(text, nullptr, false);
    ASSERT_TRUE(json.is_object()) << text;
    EXPECT_EQ(json["code"], "PERMISSION_DENIED");
    EXPECT_EQ(json["ms"], 1.5);
    EXPECT_EQ(json["time"], "2023-11-14T22:13:20.123456Z");
    EXPECT_FALSE(json.contains("x"));
  }
}

TEST(RequestLogTest, LongTextsAreCut) {
  RequestLine line;
  line.detail = std::string(1 << 20, 'a');
  EXPECT_LT(FormatLine(line).size(), 4096u);
}

TEST(TraceTest, ASoundTraceGoesOnAndAllElseStartsOne) {
  const std::string id = "0af7651916cd43dd8448eb211c80319c";
  const Trace on = ContinueTrace("00-" + id + "-b7ad6b7169203331-00");
  EXPECT_EQ(on.id, id);
  EXPECT_EQ(on.traceparent.substr(0, 36), "00-" + id + "-");
  EXPECT_EQ(on.traceparent.substr(52), "-00");
  for (const std::string& bad :
       {std::string(), "01-" + id + "-b7ad6b7169203331-00", "00-" + id + "-b7ad6b7169203331",
        "00-" + std::string(32, '0') + "-b7ad6b7169203331-00", "00-" + id + "-0000000000000000-00",
        "00-" + std::string(32, 'A') + "-b7ad6b7169203331-00",
        "00-" + id + "-b7ad6b7169203331-0\n"}) {
    const Trace fresh = ContinueTrace(bad);
    EXPECT_NE(fresh.id, id);
    EXPECT_EQ(fresh.id.size(), 32u);
    EXPECT_EQ(fresh.traceparent.size(), 55u);
  }
}

TEST(TraceTest, ASoundStateGoesOnWithItsTrace) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
  std::string many = "a=1";
  for (int i = 0; i < 31; ++i) many += ",a=1";
  for (const std::string& good : {std::string("a=1"), std::string("t/x@y-z_*=!~ x, b=2"), many,
                                  "a=" + std::string(510, 'x')}) {
    EXPECT_EQ(ContinueTrace(trace, good).tracestate, good);
    EXPECT_EQ(ContinueTrace("no trace", good).tracestate, "");
  }
  for (const std::string& bad :
       {std::string("a"), std::string("=1"), std::string("a="), std::string("A=1"),
        std::string("a=1,,b=2"), std::string("a=1=2"), std::string("a=\x80"), std::string("\ta=1"),
        std::string("a=\xe9"), many + ",a=1", "a=" + std::string(511, 'x')}) {
    EXPECT_EQ(ContinueTrace(trace, bad).tracestate, "") << bad;
  }
}

}  // namespace
}  // namespace comity::server
