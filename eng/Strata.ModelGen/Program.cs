using Strata.ModelGen;

// Writes src/Strata.Api/Models/Generated from the schema tables. Run from anywhere: dotnet run --project eng/Strata.ModelGen
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
var output = Path.Combine(root.FullName, "src/Strata.Api/Models/Generated");
var tables = SchemaTables.Load(data);
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
