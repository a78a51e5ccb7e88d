using Strata.ModelGen;

// Writes what is derived from the schema tables. Run from anywhere:
//   dotnet run --project eng/Strata.ModelGen                     src/Strata.Api/Models/Generated
//   dotnet run --project eng/Strata.ModelGen -- descriptions     src/Strata.Api/Schema/Data/descriptions.tsv.br, from the KubernetesClient package's XML file
var root = new DirectoryInfo(AppContext.BaseDirectory);
while (root is not null && !File.Exists(Path.Combine(root.FullName, "Strata.slnx")))
{
    root = root.Parent;
}

if (root is null)
{
    Console.Error.WriteLine("Strata.slnx not found above the program; run it from a checkout.");
    return 1;
}

var data = Path.Combine(root.FullName, "src/Strata.Api/Schema/Data");
var tables = SchemaTables.Load(data);
return args is ["descriptions", ..] ? WriteDescriptions(args.ElementAtOrDefault(1)) : WriteModels();

int WriteModels()
{
    var output = Path.Combine(root.FullName, "src/Strata.Api/Models/Generated");
    if (Directory.Exists(output))
    {
        Directory.Delete(output, recursive: true);
    }

    Directory.CreateDirectory(output);
    foreach (var (file, text) in new ModelWriter(tables).WriteAll())
    {
        File.WriteAllText(Path.Combine(output, file), text);
        Console.WriteLine(file);
    }

    return 0;
}

int WriteDescriptions(string? xmlPath)
{
    var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
    var folder = Path.Combine(packages, "kubernetesclient");
    xmlPath ??= Directory.Exists(folder) ? Directory.GetFiles(folder, "KubernetesClient.xml", SearchOption.AllDirectories).Where(path => path.Contains("/net10.0/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).LastOrDefault() : null;
    if (xmlPath is null || !File.Exists(xmlPath))
    {
        Console.Error.WriteLine("KubernetesClient.xml not found; restore tests/Strata.Api.Tests first, or give its path.");
        return 1;
    }

    var output = Path.Combine(data, "descriptions.tsv.br");
    new Descriptions(tables).Write(xmlPath, output);
    Console.WriteLine($"{output}: {new FileInfo(output).Length} bytes");
    return 0;
}
