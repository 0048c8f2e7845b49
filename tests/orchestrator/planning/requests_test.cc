#include <fstream>
#include <sstream>

#include "planning_fixture.h"

/* requests.txt: what a service advisor says ("> ..."), and below it the steps wanted, or
 * "declined", or a line "missing" for each question, up to its colon. */

namespace
{

class Requests : public Planning
{
  protected:
    std::string Answer(const std::string &request)
    {
        orch_planned planned = Plan(request);
        std::ostringstream out;
        const json_t *step;
        size_t i;
        for (const std::string &missing : List(planned.missing))
            out << "missing " << missing.substr(0, missing.find(':')) << "\n";
        if (planned.declined != nullptr && planned.missing.count == 0)
            out << "declined\n";
        EXPECT_EQ(planned.document == nullptr, planned.declined != nullptr) << request;
        json_array_foreach(json_object_get(planned.document, "execution_steps"), i, step)
        {
            out << sl_json_string(step, "step_id") << " " << sl_json_string(step, "operation")
                << " " << Text(json_object_get(step, "parameters"));
            if (json_array_size(json_object_get(step, "dependencies")) > 0)
                out << " after " << Text(json_object_get(step, "dependencies"));
            out << "\n";
        }
        return out.str();
    }
};

TEST_F(Requests, ArePlannedAsTheTableSays)
{
    std::ifstream file(PLANNING_REQUESTS);
    ASSERT_TRUE(file.is_open()) << PLANNING_REQUESTS;
    std::vector<std::pair<std::string, std::string>> cases;
    for (std::string line; std::getline(file, line);) {
        if (line.rfind("> ", 0) == 0)
            cases.emplace_back(line.substr(2), "");
        else if (!line.empty() && line[0] != '#' && !cases.empty())
            cases.back().second += line + "\n";
    }
    EXPECT_GE(cases.size(), 100U);
    for (const auto &c : cases)
        EXPECT_EQ(Answer(c.first), c.second) << c.first;
    std::printf("%zu requests\n", cases.size());
}

} // namespace
