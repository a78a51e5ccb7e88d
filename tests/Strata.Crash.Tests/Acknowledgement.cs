using System.Globalization;

namespace Strata.Crash.Tests;

/// <summary>A write that the store has answered, as one line of text.</summary>
/// <param name="Store">Number of the store, in a process with several.</param>
/// <param name="Nonce">What the value was made from; 0 for a deletion.</param>
internal sealed record Acknowledgement(int Store, long Revision, string Key, long Nonce)
{
    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Store} {Revision} {Key} {Nonce}\n");

    public static Acknowledgement Parse(string line)
    {
        var words = line.Split(' ');
        return new Acknowledgement(
            int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture), words[2], long.Parse(words[3], CultureInfo.InvariantCulture));
    }
}
