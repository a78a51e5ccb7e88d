namespace Strata.Api.Tests;

/// <summary>Files under testdata.</summary>
internal static class TestData
{
    public static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "testdata", name);

    public static byte[] Bytes(string folder, string file) => File.ReadAllBytes(Path.Combine(Folder(folder), file));
}
