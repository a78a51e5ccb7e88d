using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Strata.Benchmarks;

/// <summary>Collects the rows of one run and writes them as Markdown beside the machine they were measured on.</summary>
internal sealed class Measurement(string name)
{
    private readonly StringBuilder _text = new();

    public void Heading(string heading, params string[] columns)
    {
        Line($"\n## {heading}\n");
        Row(columns);
        Row([.. columns.Select((_, index) => index == 0 ? "---" : "---:")]);
    }

    public void Row(params string[] cells) => Line($"| {string.Join(" | ", cells)} |");

    public void Line(string text)
    {
        Console.WriteLine(text);
        _text.Append(text).Append('\n');
    }

    /// <summary>Writes <c>bench/results/&lt;name&gt;.md</c>.</summary>
    public async Task SaveAsync(string title)
    {
        var folder = Directory.CreateDirectory(Path.Combine(RepositoryRoot(), "bench", "results")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, name + ".md"), $"# {title}\n\n{Machine()}\n{_text}");
    }

    public static string Rate(double count, TimeSpan time) => (count / time.TotalSeconds).ToString("N0", CultureInfo.InvariantCulture);

    private static string Machine()
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Machine: {Environment.ProcessorCount} cores of {cpu}, {memory:N0} GiB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; load average at the end {load}.");
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Strata.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("run the benchmarks from within the repository");
        }

        return folder.FullName;
    }
}
