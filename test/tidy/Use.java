package tidy;

/// One use of a method or field, as a class file names it: `java.lang.String`, `format`,
/// `(Locale,String,Object[])`. A field has no parameters, not even `()`.
record Use(String owner, String name, String parameters) {
    @Override
    public String toString() {
        return owner + "." + name + parameters;
    }
}
