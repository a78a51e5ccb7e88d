namespace Strata.Hosting.Logging;

/// <summary>How a log record is written. Either way it takes one line, so that records can be cut apart.</summary>
public enum LogFormat
{
    /// <summary>Time, level, category, message: for people. An exception follows on lines of its own.</summary>
    Text,

    /// <summary>A JSON object with the record's values apart: for programs.</summary>
    Json,
}
