using System.Globalization;

namespace Strata.Benchmarks;

/// <summary>Numbers given on the command line of a whole-process run, as <c>--nodes 1000</c>.</summary>
internal sealed class RunOptions
{
    private readonly Dictionary<string, int> _numbers = [];

    public static RunOptions Parse(string[] args)
    {
        var options = new RunOptions();
        for (var index = 1; index + 1 < args.Length; index += 2)
        {
            options._numbers[args[index].TrimStart('-')] = int.Parse(args[index + 1], CultureInfo.InvariantCulture);
        }

        return options;
    }

    public int Number(string name, int otherwise) => _numbers.GetValueOrDefault(name, otherwise);
}
