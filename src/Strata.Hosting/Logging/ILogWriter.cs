namespace Strata.Hosting.Logging;

/// <summary>Writes records in one form. Called under one lock.</summary>
internal interface ILogWriter
{
    void Write(TextWriter output, in LogRecord record);
}
