using System.CommandLine;
using Strata.Host.Clusters;
using Strata.Hosting.Logging;

namespace Strata.Host.Cli;

/// <summary>The flags that say what a server logs and how.</summary>
internal sealed class LogFlags
{
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Log details." };
    private readonly Option<string> _format = new("--log-format")
    {
        Description = "Form of the log: text, or json for an object per line. (STRATA_LOG_FORMAT)",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("STRATA_LOG_FORMAT") is { Length: > 0 } given ? given : "text",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_verbose);
        command.Options.Add(_format);
    }

    public LogSettings Read(ParseResult parsed) => new(parsed.GetValue(_verbose), parsed.GetRequiredValue(_format) switch
    {
        "text" => LogFormat.Text,
        "json" => LogFormat.Json,
        var other => throw new UserException($"\"{other}\" is no form of a log; --log-format takes text or json"),
    });
}
