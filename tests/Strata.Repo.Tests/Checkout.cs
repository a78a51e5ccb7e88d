using System.Runtime.CompilerServices;

namespace Strata.Repo.Tests;

/// <summary>The files of this checkout.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories);

    private static string FindRoot([CallerFilePath] string path = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(path)!);
        while (!File.Exists(Path.Combine(folder.FullName, "Strata.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Strata.slnx is not above this file");
        }

        return folder.FullName;
    }
}
