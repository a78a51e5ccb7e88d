using System.Globalization;

namespace Strata.Host.Clusters;

/// <summary>Tells how a start goes on: one line per finished step, with the time it took. Thread-safe.</summary>
/// <param name="output">Terminal or file.</param>
internal sealed class ProgressDisplay(TextWriter output, TimeProvider clock)
{
    private readonly Lock _lock = new(); // Guards output.
    private readonly long _begin = clock.GetTimestamp();

    public TimeSpan Elapsed => clock.GetElapsedTime(_begin);

    /// <summary>Runs a step and reports it, or its failure.</summary>
    /// <param name="describe">What the user wants to know when it is done.</param>
    public async Task<T> StepAsync<T>(string name, Func<Task<T>> step, Func<T, string> describe)
    {
        var begin = clock.GetTimestamp();
        var result = await step();
        Line("✓", name, clock.GetElapsedTime(begin), describe(result));
        return result;
    }

    public void Say(string text)
    {
        lock (_lock)
        {
            output.WriteLine(text);
            output.Flush();
        }
    }

    private void Line(string mark, string name, TimeSpan took, string detail) =>
        Say(string.Create(CultureInfo.InvariantCulture, $"  {mark} {name,-22} {took.TotalMilliseconds,6:F0} ms  {detail}").TrimEnd());
}
