namespace Strata.ApiServer.Registry.Generic;

/// <summary>Names from metadata.generateName (apiserver: pkg/storage/names).</summary>
internal static class NameGenerator
{
    private const int MaxLength = 63;
    private const int SuffixLength = 5;

    // Without vowels and look-alikes, so that no word and no misreading comes out.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    public static string Generate(string prefix, Random random)
    {
        var kept = prefix.Length > MaxLength - SuffixLength ? prefix[..(MaxLength - SuffixLength)] : prefix;
        return string.Concat(kept, new string(random.GetItems(Alphabet.AsSpan(), SuffixLength)));
    }
}
